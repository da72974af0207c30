import { LAB_LOAD } from "./lab-load.ts";
import { SimulatedPod } from "./simulated-pod.ts";

/** What the read path and the housekeepers notice of the rest. */
export interface ReadPathTroubles {
  readonly storeDown: boolean;
  readonly storeSlow: boolean;
  readonly compactorStuck: boolean;
  readonly rulesMissed: boolean;
  readonly schedulerQueue: boolean;
  readonly ingestersLost: number;
  readonly queriers: number;
}

const STORE = "index-store-tsdb-2024-01-01";
const STORE_SLOW_SECONDS = 0.35;
/** Routes of the index gateway, and what its clients call them. */
const INDEX_OPERATIONS = [
  ["GetChunkRef", "chunk_refs"],
  ["GetSeries", "series"],
  ["GetStats", "stats"],
] as const;
const COMPACTION_SECONDS = 600;
const RULE_SECONDS = 60;
const RULE_GROUP = "/var/loki/ruler/rules-tmp/retail-bank/payments;payment-errors";

/** Queriers, query frontend, scheduler, index gateway, compactor and ruler: calm, plausible, and never still. */
export class SimulatedReadPath extends SimulatedPod {
  #compactedSecond: number | null = null;
  #evaluatedSecond: number | null = null;

  override restart(atMs: number): void {
    super.restart(atMs);
    this.#compactedSecond = null;
    this.#evaluatedSecond = null;
  }

  tick(second: number, troubles: ReadPathTroubles, members: number): void {
    const { target } = this.identity;
    if (target === "gateway") return;
    this.tickProcess(second, 0.03, target === "querier" ? 210 : 90, target === "querier" ? 340e6 : 120e6);
    this.tickMemberlist(members);
    const queries = 1.8 * (1 + 0.3 * this.noise("queries", second));
    // A full queue holds queries up as a slow store does.
    const slow = troubles.storeDown ? 40 : troubles.storeSlow || troubles.schedulerQueue ? 15 : 1;
    switch (target) {
      case "querier":
        this.#querier(second, queries / troubles.queriers, slow, troubles);
        break;
      case "query-frontend":
        this.#frontend(second, queries, slow);
        break;
      case "query-scheduler":
        this.#scheduler(second, queries, slow, troubles);
        break;
      case "index-gateway":
        this.#indexGateway(queries, troubles);
        break;
      case "compactor":
        this.#compactor(second, troubles);
        break;
      case "ruler":
        this.#ruler(second, slow, troubles);
        break;
      case "distributor":
      case "ingester":
        throw new Error(`${target} is played by a class of its own`);
    }
  }

  #store(operation: string, count: number, { storeDown, storeSlow }: ReadPathTroubles): void {
    const labels = { operation, status_code: storeDown ? "500" : "200" };
    const seconds = storeDown ? 0.9 : storeSlow ? STORE_SLOW_SECONDS : 0.012;
    this.series.observe("loki_s3_request_duration_seconds", count, seconds, labels);
  }

  /** A cache of chunks in memory, as queriers and rulers have one. */
  #chunkCache(fetches: number): void {
    const { series } = this;
    const cache = "chunksembedded-cache";
    series.add("loki_cache_fetched_keys", fetches, { name: cache });
    series.add("loki_cache_hits", fetches * 0.905, { name: cache });
    series.set("loki_embeddedcache_entries", 940, { cache });
    for (const method of ["fetch", "store"]) {
      const labels = { method: `${cache}.${method}`, name: cache, status_code: "200" };
      series.observe("loki_cache_request_duration_seconds", fetches / (method === "fetch" ? 17 : 170), 0.00005, labels);
    }
  }

  /** What a process asks of the index gateway. */
  #indexClient(requests: number, slow: number): void {
    const { series } = this;
    for (const [route, operation] of INDEX_OPERATIONS) {
      const gateway = { component: STORE, operation: `/indexgatewaypb.IndexGateway/${route}`, status_code: "2xx" };
      series.observe("loki_index_gateway_request_duration_seconds", requests, 0.004 * slow, gateway);
      const index = { component: STORE, operation, status_code: "200" };
      series.observe("loki_index_request_duration_seconds", requests, 0.0045 * slow, index);
    }
  }

  #queryStats(queries: number, seconds: number): void {
    for (const [range, type] of [
      ["range", "metric"],
      ["range", "limited"],
      ["instant", "metric"],
      ["", "labels"],
    ] as const) {
      const labels = { range, status_code: "200", type };
      this.series.observe("loki_logql_querystats_latency_seconds", queries / 4, seconds, labels);
    }
  }

  #querier(second: number, queries: number, slow: number, troubles: ReadPathTroubles): void {
    const { series } = this;
    const { storeDown, ingestersLost, schedulerQueue } = troubles;
    const route = { method: "GET", route: "loki_api_v1_query_range", status_code: "200", ws: "false" };
    series.observe("loki_request_duration_seconds", queries, 0.06 * slow, route);
    series.set("loki_querier_worker_concurrency", 4);
    const inFlight = schedulerQueue ? 4 : storeDown ? 3 : this.noise("busy", second) > 0.6 ? 1 : 0;
    series.set("loki_querier_worker_inflight_queries", inFlight);
    series.set("loki_querier_query_frontend_clients", 1);
    this.#chunkCache(queries * 17);
    this.#indexClient(queries * 0.3, storeDown ? 10 : 1);
    this.#queryStats(queries, 0.06 * slow);
    for (const { tenant } of LAB_LOAD) {
      series.add("loki_chunk_store_fetched_chunk_bytes_total", queries * 3_200, { user: tenant });
    }
    this.#store("S3.GetObject", queries * 1.6, troubles);
    const stats = { range: "range", status_code: "200", type: "metric" };
    series.add("loki_logql_querystats_downloaded_chunk_total", queries * 1.6, stats);
    series.set("loki_distributor_ingester_clients", 4);
    const operation = "/logproto.Querier/Query";
    const client = "loki_ingester_client_request_duration_seconds";
    series.observe(client, queries * 3, 0.004, { operation, status_code: "2xx" });
    if (ingestersLost > 0) series.observe(client, queries * ingestersLost, 0.01, { operation, status_code: "error" });
  }

  #frontend(second: number, queries: number, slow: number): void {
    const { series } = this;
    const route = { method: "GET", route: "loki_api_v1_query_range", status_code: "200", ws: "false" };
    series.observe("loki_request_duration_seconds", queries, 0.07 * slow, route);
    series.set("loki_query_frontend_queries_in_progress", slow > 1 ? 6 : this.noise("busy", second) > 0.5 ? 1 : 0);
    series.set("loki_query_frontend_connected_schedulers", 1);
    series.observe("loki_query_frontend_retries", queries, 0);
    for (const method of ["log_results_cache", "retry", "split_by_interval"]) {
      const labels = { method, status_code: "200" };
      series.observe("loki_frontend_query_range_duration_seconds", queries, 0.065 * slow, labels);
    }
    for (const kind of ["index-stats", "label", "series", "volume"]) {
      const cache = `frontend.${kind}-results-cache.embedded-cache`;
      const share = kind === "index-stats" ? 0.8 : 0.1;
      series.add("loki_cache_fetched_keys", queries * share, { name: cache });
      series.add("loki_cache_hits", queries * share * 0.62, { name: cache });
      series.set("loki_embeddedcache_entries", Math.round(400 * share), { cache });
    }
    series.add("loki_query_frontend_log_result_cache_hit_total", queries * 0.3);
    series.add("loki_query_frontend_log_result_cache_miss_total", queries * 0.2);
    this.#queryStats(queries, 0.07 * slow);
  }

  #scheduler(second: number, queries: number, slow: number, { queriers, schedulerQueue }: ReadPathTroubles): void {
    const { series } = this;
    const waitSeconds = schedulerQueue ? 14 : slow > 1 ? 0.4 : 0.0036;
    series.observe("loki_query_scheduler_queue_duration_seconds", queries * 4, waitSeconds);
    for (const { tenant } of LAB_LOAD) {
      const shake = Math.abs(this.noise(tenant, second));
      const waiting = schedulerQueue ? 60 + Math.round(40 * shake) : slow > 1 ? 2 + Math.round(2 * shake) : 0;
      series.set("loki_query_scheduler_queue_length", waiting, { user: tenant });
      series.add("loki_query_scheduler_enqueue_count", (queries * 4) / LAB_LOAD.length, { level: "0", user: tenant });
    }
    series.set("loki_query_scheduler_connected_querier_clients", queriers * 4);
    series.set("loki_query_scheduler_connected_frontend_clients", 5);
    series.set("loki_query_scheduler_running", 1);
  }

  #indexGateway(queries: number, troubles: ReadPathTroubles): void {
    const { series } = this;
    const { storeDown } = troubles;
    series.set("loki_embeddedcache_entries", 0, { cache: "chunksembedded-cache" });
    series.add("loki_cache_fetched_keys", 0, { name: "chunksembedded-cache" });
    series.add("loki_cache_hits", 0, { name: "chunksembedded-cache" });
    const route = {
      method: "gRPC",
      route: "/indexgatewaypb.IndexGateway/GetChunkRef",
      status_code: "success",
      ws: "false",
    };
    series.observe("loki_request_duration_seconds", queries, 0.004, route);
    for (const operation of ["chunk_refs", "label_names", "series", "stats"]) {
      const labels = { component: STORE, operation, status_code: "200" };
      series.observe("loki_index_request_duration_seconds", queries * 0.4, 0.003, labels);
    }
    const status = storeDown ? "failure" : "success";
    series.add("loki_tsdb_shipper_tables_sync_operation_total", 1 / 60, { component: STORE, status });
    this.#store("S3.List", 0.1, troubles);
  }

  #compactor(second: number, troubles: ReadPathTroubles): void {
    const { series } = this;
    const { storeDown, compactorStuck } = troubles;
    // A run that hangs neither succeeds nor fails.
    const due = second % COMPACTION_SECONDS === 0 && !compactorStuck;
    if (due && !storeDown) this.#compactedSecond = second;
    // Of the runs before its first second a process that is made older gets its share.
    const begun = this.#compactedSecond === null ? 60 / COMPACTION_SECONDS : 0;
    this.#compactedSecond ??= second - (second % COMPACTION_SECONDS);
    const last = this.#compactedSecond;
    const run = { status: storeDown ? "failure" : "success" };
    series.set("loki_boltdb_shipper_compactor_running", 1);
    series.add("loki_boltdb_shipper_compact_tables_operation_total", begun + (due ? 1 : 0), run);
    series.set("loki_boltdb_shipper_compact_tables_operation_duration_seconds", 0.36);
    series.set("loki_boltdb_shipper_compact_tables_operation_last_successful_run_timestamp_seconds", last + 0.4);
    series.add("loki_compactor_apply_retention_operation_total", begun + (due ? 1 : 0), run);
    series.set("loki_compactor_apply_retention_operation_duration_seconds", 0.06);
    series.set("loki_compactor_apply_retention_last_successful_run_timestamp_seconds", last + 0.5);
    const from = { from: "s3_2024-01-01" };
    const marked = compactorStuck ? 3 : 0;
    series.set("loki_boltdb_shipper_retention_sweeper_marker_files_current", marked, from);
    series.set("loki_boltdb_shipper_retention_sweeper_marker_file_processing_current_time", 0, from);
    for (const [operation, count] of [
      ["S3.List", 0.13],
      ["S3.GetObject", 0.2],
      ["S3.PutObject", due ? 4 : 0],
      ["S3.DeleteObject", due ? 2 : 0],
    ] as const) {
      this.#store(operation, compactorStuck ? 0 : count, troubles);
    }
  }

  #ruler(second: number, slow: number, troubles: ReadPathTroubles): void {
    const { series } = this;
    const { rulesMissed } = troubles;
    // Evaluations that take longer than the interval: of three that are due, one happens.
    const due = second % RULE_SECONDS === 17;
    const missed = rulesMissed && due && Math.floor(second / RULE_SECONDS) % 3 !== 0;
    const done = due && !missed;
    if (done) this.#evaluatedSecond = second;
    this.#evaluatedSecond ??= second - ((second - 17) % RULE_SECONDS);
    const last = this.#evaluatedSecond;
    const group = { rule_group: RULE_GROUP, user: "retail-bank" };
    series.add("loki_prometheus_rule_evaluations_total", done ? 2 : 0, group);
    series.add("loki_prometheus_rule_evaluation_failures_total", 0, group);
    series.add("loki_prometheus_rule_group_iterations_total", due ? 1 : 0, group);
    series.add("loki_prometheus_rule_group_iterations_missed_total", missed ? 1 : 0, group);
    series.set("loki_prometheus_rule_group_interval_seconds", RULE_SECONDS, group);
    series.set("loki_prometheus_rule_group_last_evaluation_timestamp_seconds", last, group);
    const seconds = (rulesMissed ? 2.4 * RULE_SECONDS : 0.05 * slow) * (1 + 0.3 * this.noise("rule", last));
    series.set("loki_prometheus_rule_group_last_duration_seconds", seconds, group);
    series.set("loki_prometheus_rule_group_rules", 2, group);
    series.set("loki_ruler_managers_total", 1);
    series.set("loki_ruler_config_last_reload_successful", 1, { user: "retail-bank" });
    const alertmanager = "http://alertmanager.monitoring.svc.cluster.local:9093/api/v2/alerts";
    series.add("loki_prometheus_notifications_dropped_total", 0, { alertmanager, user: "retail-bank" });
    this.#chunkCache(0.6);
    this.#indexClient(0.05, 1);
    series.set("loki_distributor_ingester_clients", 4);
    const client = { operation: "/logproto.Querier/QuerySample", status_code: "2xx" };
    series.observe("loki_ingester_client_request_duration_seconds", done ? 6 : 0, 0.02, client);
    series.observe("loki_logql_querystats_latency_seconds", done ? 2 : 0, seconds, {
      range: "instant",
      status_code: "200",
      type: "metric",
    });
    series.add("loki_chunk_store_fetched_chunk_bytes_total", done ? 40_000 : 0, { user: "retail-bank" });
    this.#store("S3.List", 0.1, troubles);
  }
}
