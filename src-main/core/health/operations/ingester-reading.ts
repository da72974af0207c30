import { parseSeriesKey } from "../detection/series-key.ts";

/** What matters of an ingester's metrics page before and after an act. What it does not say is `null`. */
export interface IngesterReading {
  readonly instance: string;
  readonly answered: boolean;
  /** Streams or chunks that wait to be flushed. */
  readonly queue: number | null;
  readonly chunks: number | null;
  /** Chunks flushed since the process began, for whatever reason. */
  readonly flushed: number | null;
  /** Of those, the ones that a flush by hand made. */
  readonly forced: number | null;
  readonly failures: number | null;
  readonly replaying: boolean | null;
  readonly prepared: boolean | null;
  readonly startedAtMs: number | null;
  /** Streams in memory by tenant. */
  readonly tenants: ReadonlyMap<string, number>;
}

const QUEUE = "loki_ingester_flush_queue_length";
const CHUNKS = "loki_ingester_memory_chunks";
const FLUSHED = "loki_ingester_chunks_flushed_total";
const FAILURES = "loki_ingester_chunks_flush_failures_total";
const REPLAYING = "loki_ingester_wal_replay_active";
const PREPARED = "loki_ingester_shutdown_marker";
const STREAMS = "loki_ingester_memory_streams";
const STARTED = "process_start_time_seconds";

/** Loki 3.x; read on request, so that what is scraped every round stays small. */
export const INGESTER_FAMILIES: ReadonlySet<string> = new Set([
  QUEUE,
  CHUNKS,
  FLUSHED,
  FAILURES,
  REPLAYING,
  PREPARED,
  STREAMS,
  STARTED,
]);

/** `series` is `null` for a process that did not answer. */
export function ingesterReading(instance: string, series: Readonly<Record<string, number>> | null): IngesterReading {
  const sums = new Map<string, number>();
  const tenants = new Map<string, number>();
  let forced = 0;
  for (const [key, value] of Object.entries(series ?? {})) {
    const { name, labels } = parseSeriesKey(key);
    sums.set(name, (sums.get(name) ?? 0) + value);
    if (name === FLUSHED && labels["reason"] === "forced") forced += value;
    const tenant = name === STREAMS ? labels["tenant"] : undefined;
    if (tenant !== undefined && value > 0) tenants.set(tenant, value);
  }
  const flag = (name: string): boolean | null => {
    const value = sums.get(name);
    return value === undefined ? null : value > 0;
  };
  const startedSeconds = sums.get(STARTED);
  return {
    instance,
    answered: series !== null,
    queue: sums.get(QUEUE) ?? null,
    chunks: sums.get(CHUNKS) ?? null,
    flushed: sums.get(FLUSHED) ?? null,
    forced: sums.has(QUEUE) ? forced : null,
    // A counter that never counted is not exported.
    failures: sums.get(FAILURES) ?? (sums.has(QUEUE) ? 0 : null),
    replaying: flag(REPLAYING),
    prepared: flag(PREPARED),
    startedAtMs: startedSeconds === undefined ? null : Math.round(startedSeconds * 1_000),
    tenants,
  };
}

export function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle];
  if (upper === undefined) return null;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}
