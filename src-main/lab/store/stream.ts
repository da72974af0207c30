import type { LabelSet } from "../../../src-shared/model/labels.ts";
import { goLabelSet } from "../format/go-text.ts";
import type { EntryChunk } from "./entry-chunk.ts";

/**
 * What the index knows of one chunk without reading it. `startNs` and `throughNs` are the times of its first and last entry
 * or bounds around them; `entries` is exact.
 */
export interface ChunkRef {
  readonly startNs: bigint;
  readonly throughNs: bigint;
  readonly entries: number;
  readonly sizeBytes: number;
  /** Distinguishes chunks of one stream; the same chunk always has the same. */
  readonly checksum: number;
  /** Written to the object store; false while it is in an ingester's memory only. */
  readonly flushed: boolean;
  open(): EntryChunk;
}

/** One stream of a tenant: its labels, and its chunks in time order. Chunks of a stream do not overlap. */
export interface LabStream {
  readonly labels: LabelSet;
  /** `{app="x"}`: what answers are sorted by. */
  readonly labelText: string;
  /** 64 bits of the labels; decides the order of equal timestamps. */
  readonly hash: bigint;
  /** Chunks that may hold entries of `[startNs, endNs)`. */
  chunks(startNs: bigint, endNs: bigint): readonly ChunkRef[];
  /** Entries after it do not exist yet, though a chunk may hold them. */
  horizonNs?(): bigint;
}

const FNV_OFFSET = 0xcbf29ce484222325n;
const FNV_PRIME = 0x100000001b3n;

/** FNV-1a over the label text. */
export function streamHash(labelText: string): bigint {
  let hash = FNV_OFFSET;
  for (const byte of Buffer.from(labelText)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * FNV_PRIME);
  return hash;
}

export function streamIdentity(labels: LabelSet): { labels: LabelSet; labelText: string; hash: bigint } {
  const labelText = goLabelSet(labels);
  return { labels, labelText, hash: streamHash(labelText) };
}
