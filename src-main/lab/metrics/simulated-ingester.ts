import {
  HOT_STREAM_BYTES,
  HOT_STREAM_SECONDS,
  BORN_PER_SECOND,
  LAB_LOAD,
  TENANT_LABELS,
  type TellRefusal,
  type TenantLoad,
  type Troubles,
} from "./lab-load.ts";
import { SimulatedPod } from "./simulated-pod.ts";

/** Chunks fall due together: all ingesters hold the same streams. */
const WAVE_SECONDS = 60;
const WAVE_LENGTH_SECONDS = 10;
const WAVE_PER_SECOND = 50;
const TRICKLE_PER_SECOND = 1;
const DRAIN_PER_SECOND = 20;
/** `concurrent_flushes` 8 over puts of 2 s. */
const SLOW_PUT_SECONDS = 2;
const SLOW_DRAIN_PER_SECOND = 4;
/** The same behind a store that is slow with everybody. */
const STORE_SLOW_PUT_SECONDS = 1.3;
const STORE_SLOW_DRAIN_PER_SECOND = 6;
const CHUNK_BYTES = 620;
/** What all tenants push, as every replica logs it. */
const WAL_BYTES_PER_SECOND = LAB_LOAD.reduce((sum, load) => sum + load.linesPerSecond * load.bytesPerLine, 0);
const INDEX_STORE = "index-store-tsdb-2024-01-01";
const INDEX_BUILD_SECONDS = 900;
/** How often what seldom moves is counted. */
const INDEX_TICK_SECONDS = 10;
/** A stream waits once, however often it falls due. */
const QUEUE_CAP = 1_400;
/** A forced flush puts what is there, small chunks mostly, side by side; behind slow puts that takes its time. */
const FORCED_PER_SECOND = 90;
const SLOW_FORCED_PER_SECOND = 24;
const REPLAY_SECONDS = 4;
const QUEUE_AFTER_REPLAY = 594;
/** Lines that a hot stream loses each second, beyond what its limit lets pass. */
const HOT_STREAM_LINES = 3;
const PUSH = "/logproto.Pusher/Push";

/**
 * An ingester, second by second, as recordings of a real cluster show it: pushes at 14 a second of 2 ms, flushes in waves
 * (a queue of 0…310), puts of 15 ms; and what becomes of them under each fault.
 */
export class SimulatedIngester extends SimulatedPod {
  #queue = 20;
  #share = 1;
  #extraStreams = new Map<string, number>();
  /** Chunks of a forced flush that are not put yet. */
  #forcedLeft = 0;
  #bornSecond = Number.NEGATIVE_INFINITY;
  #indexSecond: number | null = null;
  shutdownMarker = false;
  refused: TellRefusal = () => {};

  /** Whether the WAL is being replayed at this moment; until then nothing is taken in. */
  replaying(atMs: number): boolean {
    return Math.floor(atMs / 1_000) - this.#bornSecond < REPLAY_SECONDS;
  }

  /** Why its `/ready` is 503 after a start, with the times of a real restart; `beganStale` when it found its ring entry stale. */
  notReady(nowMs: number, beganStale: boolean): string | null {
    if (this.replaying(nowMs)) return "Some services are not Running:\nStarting: 1\nRunning: 6";
    const sinceMs = nowMs - this.startedMs;
    const waitsMs = beganStale ? 5_000 : 0;
    if (waitsMs > 0 && sinceMs < 4_000 + waitsMs)
      return `Ingester not ready: instance ${this.identity.address} past heartbeat timeout`;
    return sinceMs < 9_000 + waitsMs ? "Ingester not ready: waiting for 5s after being ready" : null;
  }

  override restart(atMs: number): void {
    super.restart(atMs);
    this.#bornSecond = Math.floor(atMs / 1_000);
    this.#queue = 0;
    this.#forcedLeft = 0;
    this.#indexSecond = null;
  }

  /** What waits is put at once, and so are chunks that are not due. */
  flush(): void {
    this.#queue += Math.round(this.#streams() * 0.4);
    this.#forcedLeft = this.#queue;
  }

  get queueLength(): number {
    return Math.round(this.#queue);
  }

  /** Plays the second that ends now; `members` is how many are in the memberlist cluster. */
  tick(second: number, troubles: Troubles, members: number): void {
    const age = second - this.#bornSecond;
    this.#share = troubles.share;
    this.tickProcess(second, this.#cpu(troubles), this.#goroutines(troubles, second), 288e6 + this.#queue * 60e3);
    this.tickMemberlist(members);
    const { series } = this;
    series.set("loki_ingester_shutdown_marker", this.shutdownMarker ? 1 : 0);
    series.set("loki_lifecycler_read_only", 0, { name: "ingester" });
    series.add("loki_member_consul_heartbeats_total", 0.2, { name: "ingester" });
    this.#tickWal(second, age, troubles);
    this.#tickIndex(second, troubles);
    if (age < REPLAY_SECONDS) return;
    if (age === REPLAY_SECONDS) this.#queue = QUEUE_AFTER_REPLAY;
    this.#tickPushes(second, troubles);
    this.#tickStreams(second, troubles);
    this.#tickFlushes(second, troubles);
  }

  #streams(): number {
    return LAB_LOAD.reduce((sum, load) => sum + this.#streamsOf(load), 0);
  }

  #streamsOf({ tenant, streams }: TenantLoad): number {
    return streams * this.#share + (this.#extraStreams.get(tenant) ?? 0);
  }

  #cpu({ jitter, explosions }: Troubles): number {
    return 0.09 * (jitter ? 0.5 : 1) * (explosions.size > 0 ? 1.7 : 1);
  }

  #goroutines({ jitter, starved }: Troubles, second: number): number {
    return 123 + (starved ? 12 : 0) + (jitter ? this.#inFlight(second) : 0);
  }

  #inFlight(second: number): number {
    return Math.round(40 + 20 * this.noise("in-flight", second));
  }

  #tickPushes(second: number, { jitter, starved, storms }: Troubles): void {
    const { series } = this;
    // A storm's batches are refused whole before they come here.
    const rate = this.#share * (jitter ? 1.1 : 14 - 2 * Math.min(1, storms.size));
    const mean = jitter ? 0.0015 : starved ? 0.0053 : 0.002;
    const labels = { method: "gRPC", route: PUSH, status_code: "success", ws: "false" };
    const seconds = mean * (1 + 0.12 * this.noise("push", second));
    series.observe("loki_request_duration_seconds", rate * (1 + 0.05 * this.noise("rate", second)), seconds, labels);
    const starvedOne = starved && this.noise("stuck", second) > 0 ? 1 : 0;
    const inFlight = jitter ? this.#inFlight(second) : starvedOne;
    series.set("loki_inflight_requests", inFlight, { method: "gRPC", route: PUSH });
  }

  #tickWal(second: number, age: number, { jitter }: Troubles): void {
    const { series } = this;
    const share = jitter ? 0.06 : 1;
    const replaying = age < REPLAY_SECONDS;
    series.set("loki_ingester_wal_replay_active", replaying ? 1 : 0);
    series.set("loki_ingester_wal_replay_duration_seconds", age === Number.POSITIVE_INFINITY ? 0 : Math.min(age, 4));
    series.add("loki_ingester_wal_recovered_streams_total", replaying ? 205 : 0);
    series.add("loki_ingester_wal_recovered_entries_total", replaying ? 42_000 : 0);
    series.add("loki_ingester_wal_recovered_bytes_total", replaying ? 5.6e6 : 0);
    series.add(
      "loki_ingester_wal_logged_bytes_total",
      replaying ? 0 : WAL_BYTES_PER_SECOND * share * (1 + 0.1 * this.noise("wal", second)),
    );
    series.add("loki_ingester_wal_records_logged_total", replaying ? 0 : 14 * share);
    series.set("loki_ingester_wal_disk_usage_percent", 0.163);
    series.add("loki_ingester_wal_disk_full_failures_total", 0);
    series.set("loki_ingester_wal_replay_flushing", 0);
    series.set("loki_ingester_wal_bytes_in_use", replaying ? 24e6 : 0);
    const checkpoint = !replaying && second % 300 === 0 ? 1 : 0;
    series.observe("loki_ingester_checkpoint_duration_seconds", checkpoint, 9.4);
    series.add("loki_ingester_checkpoint_creations_total", checkpoint);
    series.add("loki_ingester_checkpoint_creations_failed_total", 0);
  }

  /** What it has registered and seldom moves: its limiter, its cache, and the index that it builds and ships. */
  #tickIndex(second: number, { storeDown }: Troubles): void {
    const { series } = this;
    if (second % INDEX_TICK_SECONDS !== 0 && this.#indexSecond !== null) return;
    series.set("loki_ingester_limiter_enabled", 1);
    series.add("loki_ingester_autoforget_unhealthy_ingesters_total", 0);
    for (const cache of ["chunksembedded-cache", "embedded-cache"]) {
      series.set("loki_embeddedcache_entries", 0, { cache });
      series.add("loki_cache_fetched_keys", 0, { name: cache });
      series.add("loki_cache_hits", 0, { name: cache });
    }
    for (const method of ["fetch", "store"]) {
      const labels = { method: `chunksembedded-cache.${method}`, name: "chunksembedded-cache", status_code: "200" };
      series.observe("loki_cache_request_duration_seconds", 0.05 * INDEX_TICK_SECONDS, 0.00004, labels);
    }
    for (const operation of ["chunk_refs", "stats"]) {
      const labels = { component: INDEX_STORE, operation, status_code: "200" };
      series.observe("loki_index_request_duration_seconds", 0.1 * INDEX_TICK_SECONDS, 0.0003, labels);
    }
    const due = second % INDEX_BUILD_SECONDS === 0;
    const built = due && !storeDown;
    if (built || this.#indexSecond === null) this.#indexSecond = second - (second % INDEX_BUILD_SECONDS);
    const component = INDEX_STORE;
    const attempts = { component, source: "head", status: storeDown ? "failure" : "success" };
    series.add("loki_tsdb_build_index_attempts_total", due ? 1 : 0, attempts);
    series.set("loki_tsdb_build_index_last_successful_timestamp_seconds", this.#indexSecond, { component });
    const status = storeDown ? "failure" : "success";
    series.add("loki_tsdb_shipper_tables_upload_operation_total", INDEX_TICK_SECONDS / 60, { component, status });
  }

  #tickStreams(second: number, { explosions }: Troubles): void {
    const { series } = this;
    for (const load of LAB_LOAD) {
      const { tenant } = load;
      const extra = this.#extraStreams.get(tenant) ?? 0;
      const limits = this.limitsOf(tenant);
      // A cluster's limit × replication ÷ ingesters is what each may hold, and so is its share of the streams.
      const most =
        limits.max_global_streams_per_user > 0 ? limits.max_global_streams_per_user : Number.MAX_SAFE_INTEGER;
      const room = Math.max(0, most - load.streams - extra);
      const exploding = explosions.has(tenant);
      const churn = load.streams / 600;
      const born = exploding ? Math.min(room, BORN_PER_SECOND) : 0;
      const idle = exploding ? 0 : Math.min(extra, 90);
      this.#extraStreams.set(tenant, extra + born - idle);
      if (exploding && room < BORN_PER_SECOND) this.#refuse(second, load, "stream_limit", 40, 0);
      else if (room === 0 && churn > this.noise(`churn ${tenant}`, second))
        this.#refuse(second, load, "stream_limit", 1, 0);
      this.#tickHotStream(second, load);
      const labels = TENANT_LABELS.get(tenant);
      series.add("loki_ingester_streams_created_total", born + churn, labels);
      series.add("loki_ingester_streams_removed_total", idle + churn, labels);
      const wobble = Math.round((load.streams / 60) * this.noise(tenant, Math.floor(second / 15)));
      series.set("loki_ingester_memory_streams", Math.round(this.#streamsOf(load)) + wobble, labels);
    }
    series.set("loki_ingester_memory_chunks", Math.round(this.#streams() * 1.02 + this.#queue * 0.5));
    series.add("loki_ingester_chunks_created_total", 8.8);
  }

  /** A stream that is beyond its limit for some seconds, where the limit is not much above what it sends. */
  #tickHotStream(second: number, load: TenantLoad): void {
    const { tenant, hotStreamSeconds, bytesPerLine } = load;
    if (hotStreamSeconds === 0 || second % hotStreamSeconds >= HOT_STREAM_SECONDS) return;
    const { per_stream_rate_limit: limit, per_stream_rate_limit_burst: burst } = this.limitsOf(tenant);
    if (HOT_STREAM_BYTES <= limit || HOT_STREAM_BYTES * HOT_STREAM_SECONDS <= burst + limit) return;
    if (second % hotStreamSeconds === HOT_STREAM_SECONDS - 1)
      this.#refuse(second, load, "per_stream_rate_limit", HOT_STREAM_LINES, limit, HOT_STREAM_LINES * bytesPerLine);
  }

  #refuse(
    second: number,
    { tenant, bytesPerLine }: TenantLoad,
    reason: "per_stream_rate_limit" | "stream_limit",
    lines: number,
    limit: number,
    bytes = lines * bytesPerLine,
  ): void {
    const labels = { format: "", policy: "", reason, retention_hours: this.retentionHours(tenant), tenant };
    this.series.add("loki_discarded_samples_total", lines, labels);
    this.series.add("loki_discarded_bytes_total", bytes, labels);
    this.refused({ tenant, reason, atMs: second * 1_000, lines, bytes, limit, limits: this.limitsOf(tenant) });
  }

  #tickFlushes(second: number, troubles: Troubles): void {
    const { slowFlush, storeSlow, starved, storeDown } = troubles;
    const { series } = this;
    const forced = this.#forcedLeft > 0;
    const exploded = this.#streams() > 3_000;
    const inWave = second % WAVE_SECONDS < WAVE_LENGTH_SECONDS;
    const due = exploded ? (inWave ? 120 : 25) : (inWave ? WAVE_PER_SECOND : 0) + TRICKLE_PER_SECOND;
    // Nothing stands twice in the queue: the fuller it is, the less is added.
    const cap = exploded ? QUEUE_CAP * 2 : QUEUE_CAP;
    const backedUp = slowFlush || storeSlow || storeDown;
    // A forced flush has taken what would fall due meanwhile.
    const room = forced ? 0 : backedUp ? Math.max(0, 1 - this.#queue / cap) : 1;
    const added = this.#share * due * (1 + 0.08 * this.noise("due", second)) * room;
    this.#queue += added;
    const putSeconds = slowFlush ? SLOW_PUT_SECONDS : storeSlow ? STORE_SLOW_PUT_SECONDS : 0.015;
    const mean = putSeconds * (starved ? 2.2 : 1) * (1 + 0.1 * this.noise("put", second));
    const speed = slowFlush
      ? SLOW_DRAIN_PER_SECOND
      : storeSlow
        ? STORE_SLOW_DRAIN_PER_SECOND
        : exploded
          ? 45
          : DRAIN_PER_SECOND * (starved ? 0.8 : 1);
    const forcedSpeed = slowFlush || storeSlow ? SLOW_FORCED_PER_SECOND : FORCED_PER_SECOND;
    const capacity = storeDown ? 0 : forced ? Math.max(forcedSpeed, speed) : speed;
    const done = Math.min(this.#queue, capacity);
    this.#queue -= done;
    this.#forcedLeft = Math.max(0, this.#forcedLeft - done);
    const put = { operation: "S3.PutObject", status_code: "200" };
    series.observe("loki_s3_request_duration_seconds", done, mean, put);
    if (storeDown) {
      series.observe("loki_s3_request_duration_seconds", 1.2, 0.8, { ...put, status_code: "500" });
    }
    series.add("loki_ingester_chunks_flush_requests_total", done + (storeDown ? 1.2 : 0));
    series.add("loki_ingester_chunks_flush_failures_total", storeDown ? 0.4 : 0);
    series.set("loki_ingester_flush_queue_length", this.queueLength);
    this.#countFlushed(done, forced, slowFlush);
  }

  #countFlushed(done: number, forced: boolean, slowFlush: boolean): void {
    const { series } = this;
    // Chunks fill up while they wait.
    const full = slowFlush ? 0.55 : 0.02;
    const shares = forced ? { forced: 1 } : { full, idle: (1 - full) * 0.6, max_age: (1 - full) * 0.4 };
    for (const [reason, share] of Object.entries(shares)) {
      series.add("loki_ingester_chunks_flushed_total", done * share, { reason });
    }
    const streams = this.#streams();
    for (const load of LAB_LOAD) {
      const share = this.#streamsOf(load) / streams;
      const labels = TENANT_LABELS.get(load.tenant);
      series.add("loki_ingester_chunks_stored_total", done * share, labels);
      series.add("loki_ingester_chunk_stored_bytes_total", done * share * CHUNK_BYTES, labels);
      series.add("loki_chunk_store_stored_chunk_bytes_total", done * share * CHUNK_BYTES, { user: load.tenant });
    }
    series.observe("loki_ingester_chunk_age_seconds", done, slowFlush ? 5_400 : 2_700);
  }
}
