import type { Scrape } from "./scrape.ts";
import type { SeriesKey, SeriesKeys } from "./series-key.ts";

/**
 * What detection keeps of a scrape: some thirty numbers of two thousand. Counters are as they stand; whoever compares two
 * readings minds resets. A family that the target does not export is `null`, which is not zero.
 */
export interface Reading {
  readonly atMs: number;
  readonly tookSeconds: number;
  readonly ready: boolean | null;
  readonly startedAtSeconds: number | null;
  readonly puts: Timing | null;
  readonly putFailures: number;
  readonly pushes: Timing | null;
  readonly pushesInFlight: number | null;
  readonly flushQueue: number | null;
  readonly flushFailures: number;
  readonly walReplay: boolean;
  /** By tenant. */
  readonly memoryStreams: ReadonlyMap<string, number>;
  /** By tenant. */
  readonly streamsCreated: ReadonlyMap<string, number>;
  /** Discarded samples by `reason` and tenant, the two joined by a zero character. */
  readonly discarded: ReadonlyMap<string, number>;
  /** What distributors say: time-outs of appends by the ingester's address. */
  readonly appendTimeouts: ReadonlyMap<string, number>;
}

/** Seconds and how many; of a histogram's `_sum` and `_count`. */
export interface Timing {
  readonly seconds: number;
  readonly count: number;
}

const PUSH_ROUTE = "/logproto.Pusher/Push";

class ReadingBuilder {
  startedAtSeconds: number | null = null;
  putSeconds = 0;
  putCount: number | null = null;
  putFailures = 0;
  pushSeconds = 0;
  pushCount: number | null = null;
  pushesInFlight: number | null = null;
  flushQueue: number | null = null;
  flushFailures = 0;
  walReplay = false;
  readonly memoryStreams = new Map<string, number>();
  readonly streamsCreated = new Map<string, number>();
  readonly discarded = new Map<string, number>();
  readonly appendTimeouts = new Map<string, number>();
}

type Take = (reading: ReadingBuilder, labels: SeriesKey["labels"], value: number) => void;

function add(map: Map<string, number>, key: string, value: number): void {
  map.set(key, (map.get(key) ?? 0) + value);
}

/**
 * The families that are read, by name (`loki_s3_*` of the classic client, `loki_objstore_*` of the Thanos client: the one
 * disappears where the other is used). Which label says what is from Loki 3.7.6's registrations.
 */
const FAMILIES: ReadonlyMap<string, Take> = new Map<string, Take>([
  ["process_start_time_seconds", (reading, _labels, value) => void (reading.startedAtSeconds = value)],
  [
    "loki_s3_request_duration_seconds_sum",
    (reading, { operation, status_code: status }, value) => {
      if (operation === "S3.PutObject" && status !== "cancel") reading.putSeconds += value;
    },
  ],
  [
    "loki_s3_request_duration_seconds_count",
    (reading, { operation, status_code: status = "" }, value) => {
      if (operation !== "S3.PutObject" || status === "cancel") return;
      reading.putCount = (reading.putCount ?? 0) + value;
      if (!status.startsWith("2")) reading.putFailures += value;
    },
  ],
  [
    "loki_objstore_bucket_operation_duration_seconds_sum",
    (reading, { operation }, value) => {
      if (operation === "upload") reading.putSeconds += value;
    },
  ],
  [
    "loki_objstore_bucket_operation_duration_seconds_count",
    (reading, { operation }, value) => {
      if (operation === "upload") reading.putCount = (reading.putCount ?? 0) + value;
    },
  ],
  [
    "loki_objstore_bucket_operation_failures_total",
    (reading, { operation }, value) => {
      if (operation === "upload") reading.putFailures += value;
    },
  ],
  [
    "loki_request_duration_seconds_sum",
    (reading, { route }, value) => {
      if (route === PUSH_ROUTE) reading.pushSeconds += value;
    },
  ],
  [
    "loki_request_duration_seconds_count",
    (reading, { route }, value) => {
      if (route === PUSH_ROUTE) reading.pushCount = (reading.pushCount ?? 0) + value;
    },
  ],
  [
    "loki_inflight_requests",
    (reading, { route }, value) => {
      if (route === PUSH_ROUTE) reading.pushesInFlight = (reading.pushesInFlight ?? 0) + value;
    },
  ],
  [
    "loki_ingester_flush_queue_length",
    (reading, _labels, value) => void (reading.flushQueue = (reading.flushQueue ?? 0) + value),
  ],
  ["loki_ingester_chunks_flush_failures_total", (reading, _labels, value) => void (reading.flushFailures += value)],
  ["loki_ingester_wal_replay_active", (reading, _labels, value) => void (reading.walReplay ||= value > 0)],
  ["loki_ingester_memory_streams", (reading, { tenant = "" }, value) => add(reading.memoryStreams, tenant, value)],
  [
    "loki_ingester_streams_created_total",
    (reading, { tenant = "" }, value) => add(reading.streamsCreated, tenant, value),
  ],
  [
    "loki_discarded_samples_total",
    (reading, { reason = "", tenant = "" }, value) => add(reading.discarded, `${reason}\u0000${tenant}`, value),
  ],
  [
    "loki_distributor_ingester_append_timeouts_total",
    (reading, { ingester = "" }, value) => add(reading.appendTimeouts, ingester, value),
  ],
]);

/** Names of the families that `readScrape` looks at: whoever scrapes keeps these. */
export const READ_FAMILIES: readonly string[] = [...FAMILIES.keys()];

/** Reads a scrape that was answered; `null` for one that was not. */
export function readScrape(scrape: Scrape, keys: SeriesKeys): Reading | null {
  const { series } = scrape;
  if (series === null) return null;
  const built = new ReadingBuilder();
  // oxlint-disable-next-line guard-for-in -- a scrape's record has no prototype's keys, and listing its entries first costs more than reading them
  for (const key in series) {
    // What the key means is remembered, its name too: cutting names off anew costs more than all the rest.
    const { name, labels } = keys.parse(key);
    const take = FAMILIES.get(name);
    if (take === undefined) continue;
    const value = series[key];
    if (value !== undefined && Number.isFinite(value)) take(built, labels, value);
  }
  const { putSeconds, putCount, pushSeconds, pushCount, ...rest } = built;
  return {
    ...rest,
    atMs: scrape.atMs,
    tookSeconds: scrape.tookSeconds,
    ready: scrape.ready,
    puts: putCount === null ? null : { seconds: putSeconds, count: putCount },
    pushes: pushCount === null ? null : { seconds: pushSeconds, count: pushCount },
  };
}
