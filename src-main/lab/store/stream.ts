import type { LabelSet } from "../../../src-shared/model/labels.ts";
import { xxhash64 } from "../format/xxhash64.ts";
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

/** Prometheus' stable hash of a label set: XXH64 over names and values in order, each closed by `0xff`. */
export function streamHash(labels: LabelSet): bigint {
  const separator = Buffer.from([0xff]);
  const parts = Object.keys(labels)
    .sort()
    .flatMap((name) => [Buffer.from(name), separator, Buffer.from(labels[name] ?? ""), separator]);
  return xxhash64(Buffer.concat(parts));
}

export function streamIdentity(labels: LabelSet): { labels: LabelSet; labelText: string; hash: bigint } {
  const labelText = goLabelSet(labels);
  return { labels, labelText, hash: streamHash(labels) };
}
