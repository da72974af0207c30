import { closeSync, openSync, statSync, writeFileSync } from "node:fs";
import PQueue from "p-queue";
import type { ArchiveAssumptions } from "../../src-shared/model/archive.ts";
import type { LabelSet } from "../../src-shared/model/labels.ts";
import type { ArchiveBlock, LineReading } from "../../src-main/core/archive/archive-block.ts";
import type {
  ArchiveContents,
  BlockInspector,
  OpenOutcome,
  OpenParts,
} from "../../src-main/core/archive/archive-contents.ts";
import { decodeTextBlock } from "../../src-main/core/archive/text/decode-text-block.ts";
import { indexTextBlock } from "../../src-main/core/archive/text/index-text-block.ts";
import { indexTextFile, type IndexedBlock } from "../../src-main/core/archive/text/index-text-file.ts";
import { openTextFiles } from "../../src-main/core/archive/text/open-text-files.ts";
import { textFingerprint } from "../../src-main/core/archive/text/text-fingerprint.ts";
import { ManualClock } from "./manual-clock.ts";
import { RecordingLogger } from "./recording-logger.ts";

export interface TextEntry {
  readonly ns: bigint;
  readonly line: string;
  readonly labels: LabelSet;
  readonly metadata?: LabelSet;
  readonly parsed?: LabelSet;
}

/** Reads blocks in this thread. */
export const inProcessInspector: BlockInspector = {
  indexText: (place) => Promise.resolve().then(() => indexTextBlock(place)),
  chunkHead: () => Promise.reject(new Error("text files have no chunks")),
};

export function openParts(workDirectory: string, changes: Partial<OpenParts> = {}): OpenParts {
  return {
    inspector: inProcessInspector,
    workDirectory,
    unpackMaxBytes: 2 ** 32,
    clock: new ManualClock(),
    logger: new RecordingLogger(),
    signal: new AbortController().signal,
    ...changes,
  };
}

/** Opens files that must not raise questions. */
export async function openedText(
  paths: readonly string[],
  workDirectory: string,
  assumptions: ArchiveAssumptions = {},
  changes: Partial<OpenParts> = {},
): Promise<ArchiveContents> {
  const outcome = await openTextFiles(paths, assumptions, openParts(workDirectory, changes));
  if (outcome?.kind !== "opened") throw new Error(`not opened: ${JSON.stringify(outcome)}`);
  return outcome.contents;
}

/** The kinds of what is asked, with the examples. */
export function questionsOf(outcome: OpenOutcome | null): Readonly<Record<string, string>> {
  if (outcome?.kind !== "questions") throw new Error("nothing was asked");
  return Object.fromEntries(outcome.questions.map(({ kind, example }) => [kind, example]));
}

/** Every row of the blocks, in their order. */
export function entriesOf(blocks: readonly Pick<ArchiveBlock, "place">[]): TextEntry[] {
  return blocks.flatMap(({ place }) => {
    if (place.kind !== "text") throw new Error("no text block");
    const rows = decodeTextBlock(place);
    return Array.from({ length: rows.rowCount }, (_, row): TextEntry => {
      const metadata = rows.metadata?.(row);
      const parsed = rows.parsed?.(row);
      const bytes = rows.bytes.subarray(rows.lineStarts[row], rows.lineEnds[row]);
      return {
        ns: rows.timestampsNs[row] ?? 0n,
        line: Buffer.from(bytes).toString("utf8"),
        labels: rows.streams[rows.streamRefs[row] ?? 0] ?? {},
        ...(metadata === undefined ? {} : { metadata }),
        ...(parsed === undefined ? {} : { parsed }),
      };
    });
  });
}

/** Indexes a file of one reading in blocks of a given size, as an opening does. */
export function indexedBlocks(
  path: string,
  reading: Partial<LineReading>,
  blockBytes: number,
): Promise<IndexedBlock[]> {
  const sizeBytes = statSync(path).size;
  const descriptor = openSync(path, "r");
  const fingerprint = textFingerprint(descriptor, sizeBytes);
  closeSync(descriptor);
  return indexTextFile(
    {
      part: "test",
      path,
      sourcePath: path,
      sizeBytes,
      fingerprint,
      found: { format: reading.format ?? "text", times: null, timeless: null },
      encoding: "utf-8",
      changedMs: 0,
    },
    {
      format: "text",
      timeRule: null,
      zone: null,
      year: null,
      labels: {},
      addedLabels: {},
      tenants: null,
      timelessFromNs: null,
      ...reading,
    },
    {
      inspector: inProcessInspector,
      queue: new PQueue({ concurrency: 4 }),
      signal: new AbortController().signal,
      onBlock: () => {},
      blockBytes,
    },
  );
}

export function writeLines(path: string, lines: readonly string[], lineEnd = "\n"): string {
  writeFileSync(path, lines.map((line) => line + lineEnd).join(""));
  return path;
}
