import { formatNanoUtc, NS_PER_MS } from "../../../../src-shared/model/nano-time.ts";
import { streamHash } from "../../../../src-shared/logql/pipeline/stream-hash.ts";
import type { ChunkFinding, ChunkFindingKind } from "./chunk-finding.ts";
import type { KnownKey } from "./chunk-key.ts";
import type { BlockMeta } from "./chunk-layout.ts";
import type { ChunkMetadata } from "./chunk-metadata.ts";

/** Fingerprints below are given out by the ingester where two streams' labels hash alike. */
const MAPPED_FINGERPRINTS = 1n << 20n;

const METADATA_AT = 4;

function differs(kind: ChunkFindingKind, expected: string | undefined, actual: string): readonly ChunkFinding[] {
  return expected === undefined || expected === actual
    ? []
    : [{ kind, offset: METADATA_AT, length: 0, expected, actual }];
}

/** What the metadata says otherwise than the key, as far as that is known: `expected` is the key's. */
export function compareWithKey(metadata: ChunkMetadata, key: KnownKey): readonly ChunkFinding[] {
  return [
    ...differs("key-tenant", key.tenant, metadata.tenant),
    ...differs("key-fingerprint", key.fingerprint?.toString(16), metadata.fingerprint.toString(16)),
    ...differs("key-from", key.fromMs?.toString(), String(metadata.fromMs)),
    ...differs("key-through", key.throughMs?.toString(), String(metadata.throughMs)),
  ];
}

/** Whether an object belongs to another tenant or stream than its key says: its entries are not those of the key. */
export function isForeign(findings: readonly ChunkFinding[]): boolean {
  return findings.some(({ kind }) => kind === "key-tenant" || kind === "key-fingerprint");
}

/** `expected` is the hash of the labels. */
export function checkLabelsHash(metadata: ChunkMetadata): readonly ChunkFinding[] {
  if (metadata.fingerprint < MAPPED_FINGERPRINTS) return [];
  return differs("labels-hash", streamHash(metadata.labels).toString(16), metadata.fingerprint.toString(16));
}

/** First and last instant of a chunk's entries by its table of blocks; `null` for a chunk without entries. */
export function boundsOfBlocks(blocks: readonly BlockMeta[]): { minNs: bigint; maxNs: bigint; entries: number } | null {
  const filled = blocks.filter(({ entries }) => entries > 0);
  const [first, ...others] = filled;
  if (first === undefined) return null;
  let { minNs, maxNs, entries } = first;
  for (const block of others) {
    if (block.minNs < minNs) minNs = block.minNs;
    if (block.maxNs > maxNs) maxNs = block.maxNs;
    entries += block.entries;
  }
  return { minNs, maxNs, entries };
}

/** Whether the table's times lie within the chunk's bounds, and its blocks follow each other. */
export function checkBlockTimes(
  metadata: ChunkMetadata,
  blocks: readonly BlockMeta[],
  dataStart: number,
): readonly ChunkFinding[] {
  const findings: ChunkFinding[] = [];
  const bounds = boundsOfBlocks(blocks);
  const from = BigInt(metadata.fromMs) * NS_PER_MS;
  const through = BigInt(metadata.throughMs) * NS_PER_MS;
  if (bounds !== null && (bounds.minNs < from || bounds.maxNs > through)) {
    findings.push({
      kind: "bounds",
      offset: METADATA_AT,
      length: 0,
      expected: `${formatNanoUtc(from)} to ${formatNanoUtc(through)}`,
      actual: `${formatNanoUtc(bounds.minNs)} to ${formatNanoUtc(bounds.maxNs)}`,
      entriesLost: 0,
      startNs: bounds.minNs,
      endNs: bounds.maxNs,
    });
  }
  for (const [at, block] of blocks.entries()) {
    const before = blocks[at - 1];
    if (before === undefined || before.maxNs <= block.minNs) continue;
    findings.push({
      kind: "blocks-overlap",
      offset: dataStart + block.offset,
      length: block.lengthBytes,
      block: block.number,
      entriesLost: 0,
      startNs: block.minNs,
      endNs: before.maxNs,
    });
  }
  return findings;
}
