import type { Clock } from "../../core/common/clock.ts";
import { ChunkCache } from "../traffic/chunk-cache.ts";
import { BLOCK_MS, GeneratedStream } from "../traffic/generated-stream.ts";
import type { Workload } from "../traffic/traffic-source.ts";

/**
 * Which pods' streams are in the bucket, and since when: all of them for a day would be two gigabytes. The quiet ones go
 * back nearly as far as the lab's logs, so that there are two days of each bank tenant; the loud ones are new.
 */
const KEPT: Readonly<Record<string, { readonly pods: number; readonly hours: number }>> = {
  "retail-bank/auth": { pods: 1, hours: 23 },
  "retail-bank/gateway": { pods: 1, hours: 2 },
  "retail-bank/payments": { pods: 1, hours: 2 },
  "cards/notifier": { pods: 1, hours: 23 },
  "cards/authorizer": { pods: 1, hours: 2 },
  "cards/hsm-proxy": { pods: 1, hours: 2 },
  "treasury/recon": { pods: 2, hours: 23 },
  "treasury/pricing": { pods: 1, hours: 2 },
};
/** About how many lines a chunk has. */
const CHUNK_LINES = 450;
/** `max_chunk_age`. */
const MAX_BLOCKS = (2 * 3_600_000) / BLOCK_MS;

/** A stream that is flushed to the bucket: a chunk of `blocks` times five minutes, one behind another. */
export interface BucketStream {
  readonly tenant: string;
  readonly stream: GeneratedStream;
  readonly blocks: number;
  /** Chunks begin at blocks whose number is so far beyond a multiple of `blocks`: not all are flushed at once. */
  readonly phase: number;
  readonly sinceMs: number;
  /** The ingester that writes its index. */
  readonly ingester: string;
}

export interface BucketStreamOptions {
  readonly workloads: readonly Workload[];
  readonly seed: number;
  readonly clock: Clock;
  readonly startedMs: number;
  readonly historyHours: number;
  readonly ingesters: readonly string[];
}

/** The streams of the bucket. Each has the lines that the same stream of the lab's Loki has. */
export function bucketStreams(options: BucketStreamOptions): readonly BucketStream[] {
  const { workloads, seed, clock, startedMs, historyHours, ingesters } = options;
  const taken = new Map<string, number>();
  return workloads.flatMap(({ tenant, app, source }) => {
    const name = `${tenant}/${app}`;
    const kept = KEPT[name];
    const before = taken.get(name) ?? 0;
    taken.set(name, before + 1);
    if (kept === undefined || before >= kept.pods) return [];
    const earliestMs = startedMs - historyHours * 3_600_000;
    // Lines are visited, not kept.
    const cache = new ChunkCache(0);
    const stream = new GeneratedStream({ source, tenant, seed, clock, cache, earliestMs: () => earliestMs });
    const blockLines = source.linesPerSecond * (BLOCK_MS / 1_000) * 0.75;
    const blocks = Math.min(MAX_BLOCKS, Math.max(1, Math.round(CHUNK_LINES / blockLines)));
    const number = Number(stream.hash % 1_000_003n);
    return [
      {
        tenant,
        stream,
        blocks,
        phase: number % blocks,
        sinceMs: Math.max(earliestMs, startedMs - kept.hours * 3_600_000),
        ingester: ingesters[number % Math.max(1, ingesters.length)] ?? "loki-ingester-0",
      },
    ];
  });
}
