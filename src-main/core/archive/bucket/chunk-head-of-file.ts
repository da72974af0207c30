import { NS_PER_MS } from "../../../../src-shared/model/nano-time.ts";
import { boundsOfBlocks, isForeign } from "../../common/loki-format/chunk-identity.ts";
import type { ChunkFinding } from "../../common/loki-format/chunk-finding.ts";
import { readChunkHead, type ChunkHeadReading } from "../../common/loki-format/chunk-head.ts";
import type { KnownKey } from "../../common/loki-format/chunk-key.ts";
import { checkObjectChecksum, decodeChunk } from "../../common/loki-format/decode-chunk.ts";
import type { BlockPlace } from "../archive-block.ts";
import type { ChunkHead, UnreadableChunk } from "../archive-contents.ts";
import { OBJECT_MAX_BYTES, visitChunkFile } from "./chunk-file.ts";
import { chunkProblems } from "./chunk-problem.ts";
import { parseObjectName } from "./object-name.ts";

/** Times and entries that are missing with a whole object, as far as its key or its table of blocks tells. */
function unreadable(
  part: string,
  key: KnownKey | null,
  head: ChunkHeadReading,
  findings: readonly ChunkFinding[],
): UnreadableChunk {
  const foreign = isForeign(findings);
  const bounds = foreign || head.layout === null ? null : boundsOfBlocks(head.layout.blocks);
  const startNs = bounds?.minNs ?? (key?.fromMs === undefined ? null : BigInt(key.fromMs) * NS_PER_MS);
  const endNs = bounds?.maxNs ?? (key?.throughMs === undefined ? null : BigInt(key.throughMs) * NS_PER_MS);
  const [first, ...others] = chunkProblems(part, findings).map(({ entriesLost: _ofFinding, ...problem }) => problem);
  if (first === undefined) return { readable: false, problems: [] };
  // The loss is that of the whole object, and counted once.
  const counted = {
    ...first,
    ...(bounds === null ? {} : { entriesLost: bounds.entries }),
    ...(startNs === null ? {} : { startNs }),
    ...(endNs === null ? {} : { endNs }),
  };
  return { readable: false, problems: [counted, ...others] };
}

function headOf(
  part: string,
  key: KnownKey | null,
  head: ChunkHeadReading,
  findings: readonly ChunkFinding[],
): ChunkHead {
  const metadata = head.outer?.metadata ?? null;
  const { layout } = head;
  if (metadata === null || layout === null || isForeign(findings)) return unreadable(part, key, head, findings);
  const lost = new Set(
    findings.flatMap(({ block, entriesLost = 0 }) => (block === undefined || entriesLost === 0 ? [] : [block])),
  );
  const bounds = boundsOfBlocks(layout.blocks.filter(({ number }) => !lost.has(number)));
  // A chunk whose blocks are all bad is no source of lines; one without any entry is nothing at all.
  if (bounds === null) return unreadable(part, key, head, findings);
  const plainBytes = layout.blocks.reduce((sum, { uncompressedBytes }) => sum + (uncompressedBytes ?? 0), 0);
  return {
    readable: true,
    tenant: metadata.tenant,
    labels: metadata.labels,
    minNs: bounds.minNs,
    maxNs: bounds.maxNs,
    rows: bounds.entries,
    bytes: plainBytes > 0 ? plainBytes : (head.outer?.dataBytes ?? 0),
    format: `loki chunk v${layout.version} ${layout.codec}`,
    problems: chunkProblems(part, findings),
  };
}

/** Cut off, or with a spoilt end: what blocks can be proven without the table is known by decoding alone. */
function needsDecoding({ outer, layout }: ChunkHeadReading): boolean {
  return layout === null && (outer?.metadata ?? null) !== null;
}

/**
 * What a chunk object is, from its two ends. One so small that it is read whole is checked against its key, and decoded where
 * that fails, so that opening already says what is wrong; of a larger one, reading says it. Rejects with `archive.changed` and
 * `files.unreadable`.
 */
export function chunkHead(place: Extract<BlockPlace, { readonly kind: "chunk" }>): ChunkHead {
  const key = parseObjectName(place.key);
  return visitChunkFile(place.file, place.key, (source, whole) => {
    const head = readChunkHead(source, key);
    const wrong = whole !== null && key !== null && whole.length > 0 && checkObjectChecksum(whole, key) !== null;
    const small = source.sizeBytes <= OBJECT_MAX_BYTES;
    if (!wrong && !(small && needsDecoding(head))) return headOf(place.key, key, head, head.findings);
    const decoded = decodeChunk(whole ?? source.read(0, source.sizeBytes), key);
    return headOf(place.key, key, decoded, decoded.findings);
  });
}
