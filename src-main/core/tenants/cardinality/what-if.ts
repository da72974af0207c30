import { DistinctCounter, mixed } from "./distinct-counter.ts";
import type { SeriesTable } from "./series-table.ts";

/**
 * A change of a tenant's labels. `drop` and `metadata` both take the label away; what is moved to structured metadata can
 * still be filtered for. `hash` keeps so many values of it.
 */
export type LabelChange =
  | { readonly label: string; readonly kind: "drop" | "metadata" }
  | { readonly label: string; readonly kind: "hash"; readonly buckets: number };

/** How many streams there would be. All three are the same where the table holds every series. */
export interface StreamPrediction {
  readonly before: number;
  readonly after: number;
  /** Not fewer than were seen, not more than if nothing outside of the sample fell together. */
  readonly low: number;
  readonly high: number;
}

/**
 * Streams before and behind changes, for series of which `sampledShare` (0…1, by their hash, so that streams are in or out as a
 * whole) are in the table. What merges is estimated by Chao's lower bound (A. Chao 1984: d + f1²/(2·f2) of the kinds seen
 * once and twice), because a stream seen once may merge with one that is not in the sample.
 */
export function predictStreams(
  table: SeriesTable,
  changes: readonly LabelChange[],
  sampledShare = 1,
): StreamPrediction {
  const kinds = new Map(changes.map((change) => [change.label, change]));
  const byLabel = table.labels.map(({ name }) => kinds.get(name) ?? null);
  const counter = new DistinctCounter(table.size);
  for (let number = 0; number < table.size; number += 1) {
    // The order of labels says nothing, so their hashes are added up.
    let high = 0;
    let low = 0;
    for (const pair of table.series(number)) {
      const label = table.labelOf(pair);
      const change = byLabel[label] ?? null;
      let what = pair;
      if (change !== null) {
        if (change.kind !== "hash") continue;
        what = table.pairCount + label * change.buckets + (mixed(pair ^ 0x5bd1_e995) % change.buckets);
      }
      high = (high + mixed(what + 0x9e37_79b9)) | 0;
      low = (low + mixed(what ^ 0x2545_f491)) | 0;
    }
    counter.add(high, low);
  }
  const before = Math.round(table.size / sampledShare);
  const seen = counter.count;
  if (sampledShare >= 1) return { before, after: seen, low: seen, high: seen };
  const high = Math.min(before, Math.round(seen / sampledShare));
  const [once, twice] = [counter.cameTimes(1), counter.cameTimes(2)];
  const unseen = twice > 0 ? once ** 2 / (2 * twice) : (once * (once - 1)) / 2;
  return { before, after: Math.min(high, Math.round(seen + unseen)), low: seen, high };
}

/** How a tenant's ingesters cut chunks (`ingester.chunk_*`, `max_chunk_age`), and how much comes in. */
export interface ChunkFacts {
  /** Of the tenant, before compression. */
  readonly bytesPerSecond: number;
  readonly compressionRatio: number;
  readonly targetBytes: number;
  readonly maxAgeSeconds: number;
  /** Ingesters that hold each stream. */
  readonly replicationFactor: number;
  /** What a stream takes in an ingester with an open chunk that is empty still. */
  readonly bytesPerStream: number;
}

export interface ChunkPrediction {
  /** Objects an hour in the store; replicas of one chunk are one object where they are cut alike. */
  readonly chunksPerHour: number;
  /** All ingesters together. */
  readonly memoryBytes: number;
}

/**
 * Chunks and memory of so many streams that share what comes in. A chunk ends when it is full or too old, so many small
 * streams make chunks by age: that is the cost of an exploded label.
 */
export function predictChunks(streams: number, facts: ChunkFacts): ChunkPrediction {
  const { bytesPerSecond, compressionRatio, targetBytes, maxAgeSeconds, replicationFactor, bytesPerStream } = facts;
  if (streams === 0) return { chunksPerHour: 0, memoryBytes: 0 };
  const each = bytesPerSecond / compressionRatio / streams;
  const secondsToFull = each === 0 ? Number.POSITIVE_INFINITY : targetBytes / each;
  const lifetime = Math.min(secondsToFull, maxAgeSeconds);
  // On average half of a chunk is there, compressed but for its last block.
  const open = (each * lifetime) / 2;
  return {
    chunksPerHour: (streams * 3_600) / lifetime,
    memoryBytes: streams * replicationFactor * (bytesPerStream + open),
  };
}
