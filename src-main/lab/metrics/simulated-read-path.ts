import { LAB_LOAD } from "./lab-load.ts";
import { SimulatedPod } from "./simulated-pod.ts";

/** What the read path and the housekeepers notice of the rest. */
export interface ReadPathTroubles {
  readonly storeDown: boolean;
  readonly ingestersLost: number;
  readonly queriers: number;
}

const STORE = "index-store-tsdb-2024-01-01";
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
    if (target !== "query-frontend") this.tickMemberlist(members);
    const queries = 1.8 * (1 + 0.3 * this.noise("queries", second));
    const slow = troubles.storeDown ? 40 : 1;
    switch (target) {
      case "querier":
        this.#querier(second, queries / troubles.queriers, slow, troubles);
        break;
      case "query-frontend":
        this.#frontend(second, queries, slow);
        break;
      case "query-scheduler":
        this.#scheduler(second, queries, slow, troubles.queriers);
        break;
      case "index-gateway":
        this.#indexGateway(queries, troubles.storeDown);
        break;
      case "compactor":
        this.#compactor(second, troubles.storeDown);
        break;
      case "ruler":
        this.#ruler(second, slow, troubles.storeDown);
        break;
      case "distributor":
      case "ingester":
        throw new Error(`${target} is played by a class of its own`);
    }
  }

  #store(operation: string, count: number, storeDown: boolean): void {
    const labels = { operation, status_code: storeDown ? "500" : "200" };
    this.series.observe("loki_s3_request_duration_seconds", count, storeDown ? 0.9 : 0.012, labels);
  }

  #querier(second: number, queries: number, slow: number, { storeDown, ingestersLost }: ReadPathTroubles): void {
    const { series } = this;
    const route = { method: "GET", route: "loki_api_v1_query_range", status_code: "200", ws: "false" };
    series.observe("loki_request_duration_seconds", queries, 0.06 * slow, route);
    series.set("loki_querier_worker_concurrency", 4);
    series.set("loki_querier_worker_inflight_queries", storeDown ? 3 : this.noise("busy", second) > 0.6 ? 1 : 0);
    series.set("loki_querier_query_frontend_clients", 1);
    const cache = { name: "chunksembedded-cache" };
    series.add("loki_cache_fetched_keys", queries * 17, cache);
    series.add("loki_cache_hits", queries * 15.4, cache);
    this.#store("S3.GetObject", queries * 1.6, storeDown);
    const stats = { range: "range", status_code: "200", type: "metric" };
    series.add("loki_logql_querystats_downloaded_chunk_total", queries * 1.6, stats);
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
    const cache = { name: "frontend.index-stats-results-cache.embedded-cache" };
    series.add("loki_cache_fetched_keys", queries * 0.8, cache);
    series.add("loki_cache_hits", queries * 0.5, cache);
  }

  #scheduler(second: number, queries: number, slow: number, queriers: number): void {
    const { series } = this;
    series.observe("loki_query_scheduler_queue_duration_seconds", queries * 4, slow > 1 ? 0.4 : 0.0036);
    for (const { tenant } of LAB_LOAD) {
      const waiting = slow > 1 ? 2 + Math.round(2 * Math.abs(this.noise(tenant, second))) : 0;
      series.set("loki_query_scheduler_queue_length", waiting, { user: tenant });
      series.add("loki_query_scheduler_enqueue_count", (queries * 4) / LAB_LOAD.length, { level: "0", user: tenant });
    }
    series.set("loki_query_scheduler_connected_querier_clients", queriers * 4);
    series.set("loki_query_scheduler_connected_frontend_clients", 5);
    series.set("loki_query_scheduler_running", 1);
  }

  #indexGateway(queries: number, storeDown: boolean): void {
    const { series } = this;
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
    this.#store("S3.List", 0.1, storeDown);
  }

  #compactor(second: number, storeDown: boolean): void {
    const { series } = this;
    const due = second % COMPACTION_SECONDS === 0;
    if (due && !storeDown) this.#compactedSecond = second;
    const last = this.#compactedSecond ?? second - (second % COMPACTION_SECONDS);
    const run = { status: storeDown ? "failure" : "success" };
    series.set("loki_boltdb_shipper_compactor_running", 1);
    series.add("loki_boltdb_shipper_compact_tables_operation_total", due ? 1 : 0, run);
    series.set("loki_boltdb_shipper_compact_tables_operation_duration_seconds", 0.36);
    series.set("loki_boltdb_shipper_compact_tables_operation_last_successful_run_timestamp_seconds", last + 0.4);
    series.add("loki_compactor_apply_retention_operation_total", due ? 1 : 0, run);
    series.set("loki_compactor_apply_retention_operation_duration_seconds", 0.06);
    series.set("loki_compactor_apply_retention_last_successful_run_timestamp_seconds", last + 0.5);
    this.#store("S3.List", 0.13, storeDown);
    this.#store("S3.PutObject", due ? 4 : 0, storeDown);
  }

  #ruler(second: number, slow: number, storeDown: boolean): void {
    const { series } = this;
    const due = second % RULE_SECONDS === 17;
    if (due) this.#evaluatedSecond = second;
    const last = this.#evaluatedSecond ?? second - ((second - 17) % RULE_SECONDS);
    const group = { rule_group: RULE_GROUP, user: "retail-bank" };
    series.add("loki_prometheus_rule_evaluations_total", due ? 2 : 0, group);
    series.add("loki_prometheus_rule_evaluation_failures_total", 0, group);
    series.add("loki_prometheus_rule_group_iterations_total", due ? 1 : 0, group);
    series.add("loki_prometheus_rule_group_iterations_missed_total", 0, group);
    series.set("loki_prometheus_rule_group_interval_seconds", RULE_SECONDS, group);
    series.set("loki_prometheus_rule_group_last_evaluation_timestamp_seconds", last, group);
    const seconds = 0.05 * slow * (1 + 0.3 * this.noise("rule", last));
    series.set("loki_prometheus_rule_group_last_duration_seconds", seconds, group);
    series.set("loki_prometheus_rule_group_rules", 2, group);
    series.set("loki_ruler_managers_total", 1);
    series.set("loki_ruler_config_last_reload_successful", 1, { user: "retail-bank" });
    this.#store("S3.List", 0.1, storeDown);
  }
}
