import { AppError } from "../../../../src-shared/errors/app-error.ts";
import { describeFinding, type ChunkFinding, type ChunkFindingKind } from "../../common/loki-format/chunk-finding.ts";
import type { BlockProblem } from "../archive-block.ts";

/** Findings that cost entries, or structured metadata of entries. Of the others, every line is read all the same. */
const LOSSES: ReadonlySet<ChunkFindingKind> = new Set<ChunkFindingKind>([
  "truncated",
  "tail-unreadable",
  "metas-unreadable",
  "symbols-checksum",
  "symbols-unreadable",
  "block-checksum",
  "block-bounds",
  "block-too-large",
  "block-unreadable",
  "metadata-reference",
]);

function isLoss({ kind, entriesLost = 0 }: ChunkFinding): boolean {
  return LOSSES.has(kind) || entriesLost > 0;
}

/** A finding as a problem of the archive; `part` is the object's key. Without a count it cost nobody knows how much. */
export function chunkProblem(part: string, finding: ChunkFinding): BlockProblem {
  const error = new AppError("archive.damaged", { part: part.slice(0, 500), problem: describeFinding(finding) });
  const entriesLost = isLoss(finding) ? finding.entriesLost : 0;
  return {
    part,
    error: error.toWire(),
    count: 1,
    ...(entriesLost === undefined ? {} : { entriesLost }),
    ...(finding.startNs === undefined ? {} : { startNs: finding.startNs }),
    ...(finding.endNs === undefined ? {} : { endNs: finding.endNs }),
  };
}

/**
 * The findings that a reader of the lines needs to hear of. Labels that do not hash to their fingerprint are none: the first
 * Lokis hashed otherwise, and the lines are what they are.
 */
export function chunkProblems(part: string, findings: readonly ChunkFinding[]): readonly BlockProblem[] {
  return findings.filter(({ kind }) => kind !== "labels-hash").map((finding) => chunkProblem(part, finding));
}

/** The findings because of which a reading is not complete. */
export function chunkLosses(part: string, findings: readonly ChunkFinding[]): readonly BlockProblem[] {
  return findings.filter(isLoss).map((finding) => chunkProblem(part, finding));
}
