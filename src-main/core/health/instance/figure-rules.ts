import { level, mean, rate, share, type FigureRule, type SeriesSum } from "./figure-rule.ts";

type Where = NonNullable<SeriesSum["where"]>;

const REQUESTS = "loki_request_duration_seconds";
const S3 = "loki_s3_request_duration_seconds";
const OBJSTORE = "loki_objstore_bucket_operation_duration_seconds";
const CLIENT_ROUTES: ReadonlySet<string> = new Set(["loki_api_v1_push", "api_prom_push", "otlp_v1_logs"]);
const FLUSH_REASONS = ["idle", "max_age", "full", "forced", "synced", "not_owned"];

const puts: Where = ({ operation, status_code: status }) =>
  operation === "upload" || (operation === "S3.PutObject" && status !== "cancel");
const failedPuts: Where = ({ operation, status_code: status = "" }) =>
  operation === "upload" || (operation === "S3.PutObject" && status !== "cancel" && !status.startsWith("2"));
const gets: Where = ({ operation, status_code: status }) =>
  operation === "get" || operation === "get_range" || (operation === "S3.GetObject" && status !== "cancel");
const pushes: Where = ({ route }) => route === "/logproto.Pusher/Push";
const clientPushes: Where = ({ route = "" }) => CLIENT_ROUTES.has(route);
const failed: Where = ({ status }) => status === "failure";

const EVERY: readonly FigureRule[] = [
  rate("cpu-cores", ["process_cpu_seconds_total"], undefined, "count"),
  level("resident-memory", "bytes", ["process_resident_memory_bytes"]),
  level("goroutines", "count", ["go_goroutines"]),
  { key: "answer-time", unit: "seconds", measure: { kind: "answer-time" } },
];

const INGESTER: readonly FigureRule[] = [
  level("flush-queue", "count", ["loki_ingester_flush_queue_length"]),
  mean("put-mean", [S3, OBJSTORE], puts),
  rate("put-rate", [`${S3}_count`, `${OBJSTORE}_count`], puts),
  rate("put-failures", [`${S3}_count`, "loki_objstore_bucket_operation_failures_total"], failedPuts),
  rate("flush-failures", ["loki_ingester_chunks_flush_failures_total"]),
  mean("push-mean", [REQUESTS], pushes),
  rate("push-rate", [`${REQUESTS}_count`], pushes),
  level("pushes-in-flight", "count", ["loki_inflight_requests"], pushes),
  level("memory-streams", "count", ["loki_ingester_memory_streams"]),
  level("memory-chunks", "count", ["loki_ingester_memory_chunks"]),
  level("not-owned-streams", "count", ["loki_ingester_not_owned_streams"]),
  level("wal-disk-use", "share", ["loki_ingester_wal_disk_usage_percent"]),
  level("wal-bytes", "bytes", ["loki_ingester_wal_bytes_in_use"]),
  rate("wal-logged", ["loki_ingester_wal_logged_bytes_total"], undefined, "bytes"),
  mean("checkpoint-duration", ["loki_ingester_checkpoint_duration_seconds"], undefined, "life-ratio"),
  mean("chunk-age", ["loki_ingester_chunk_age_seconds"]),
  ...FLUSH_REASONS.map((reason) => {
    const families = ["loki_ingester_chunks_flushed_total"];
    const of = { families, where: (labels: Parameters<Where>[0]) => labels["reason"] === reason };
    return share(`flushed-${reason.replaceAll("_", "-")}`, of, { families });
  }),
];

const DISTRIBUTOR: readonly FigureRule[] = [
  rate("received-lines", ["loki_distributor_lines_received_total"]),
  rate("received-bytes", ["loki_distributor_bytes_received_total"], undefined, "bytes"),
  mean("client-push-mean", [REQUESTS], clientPushes),
  rate("client-push-rate", [`${REQUESTS}_count`], clientPushes),
  share(
    "client-push-errors",
    {
      families: [`${REQUESTS}_count`],
      where: (labels) => clientPushes(labels) && (labels["status_code"] ?? "").startsWith("5"),
    },
    { families: [`${REQUESTS}_count`], where: clientPushes },
  ),
  level("client-pushes-in-flight", "count", ["loki_inflight_requests"], clientPushes),
  level("inflight-bytes", "bytes", ["loki_distributor_inflight_bytes"]),
  mean(
    "ingester-push-mean",
    ["loki_ingester_client_request_duration_seconds"],
    ({ operation }) => operation === "/logproto.Pusher/Push",
  ),
  rate("append-timeouts", ["loki_distributor_ingester_append_timeouts_total"]),
  rate("discarded", ["loki_discarded_samples_total"]),
  level("ingester-clients", "count", ["loki_distributor_ingester_clients"]),
];

const STORE_READER: readonly FigureRule[] = [
  mean("get-mean", [S3, OBJSTORE], gets),
  rate("get-rate", [`${S3}_count`, `${OBJSTORE}_count`], gets),
  share("cache-hits", { families: ["loki_cache_hits"] }, { families: ["loki_cache_fetched_keys"] }),
];

const QUERIER: readonly FigureRule[] = [
  mean("query-mean", ["loki_logql_querystats_latency_seconds"]),
  level("worker-concurrency", "count", ["loki_querier_worker_concurrency"]),
  level("worker-inflight", "count", ["loki_querier_worker_inflight_queries"]),
  level("querier-schedulers", "count", ["loki_querier_query_frontend_clients"]),
  level("tails", "count", ["loki_querier_tail_active"]),
];

const FRONTEND: readonly FigureRule[] = [
  mean("range-query-mean", ["loki_frontend_query_range_duration_seconds"]),
  level("queries-in-progress", "count", ["loki_query_frontend_queries_in_progress"]),
  level("frontend-queue", "count", ["loki_query_frontend_queue_length"]),
  rate("frontend-discarded", ["loki_query_frontend_discarded_requests_total"]),
  level("connected-schedulers", "count", ["loki_query_frontend_connected_schedulers"]),
  share(
    "results-cache-hits",
    { families: ["loki_query_frontend_log_result_cache_hit_total"] },
    {
      families: ["loki_query_frontend_log_result_cache_hit_total", "loki_query_frontend_log_result_cache_miss_total"],
    },
  ),
];

const SCHEDULER: readonly FigureRule[] = [
  level("scheduler-queue", "count", ["loki_query_scheduler_queue_length"]),
  mean("scheduler-wait", ["loki_query_scheduler_queue_duration_seconds"]),
  rate("scheduler-discarded", ["loki_query_scheduler_discarded_requests_total"]),
  level("scheduler-queriers", "count", ["loki_query_scheduler_connected_querier_clients"]),
  level("scheduler-frontends", "count", ["loki_query_scheduler_connected_frontend_clients"]),
];

const INDEX_GATEWAY: readonly FigureRule[] = [
  rate("index-requests", ["loki_index_gateway_requests_total"]),
  mean("index-lookup-mean", ["loki_index_request_duration_seconds"]),
  rate(
    "index-sync-failures",
    ["loki_tsdb_shipper_tables_sync_operation_total", "loki_boltdb_shipper_tables_sync_operation_total"],
    failed,
  ),
];

const COMPACTOR: readonly FigureRule[] = [
  level("compactor-running", "count", ["loki_boltdb_shipper_compactor_running", "loki_compactor_running"]),
  level("compaction-duration", "seconds", ["loki_boltdb_shipper_compact_tables_operation_duration_seconds"]),
  rate("compaction-failures", ["loki_boltdb_shipper_compact_tables_operation_total"], failed),
  level("pending-deletes", "count", ["loki_compactor_pending_delete_requests_count"]),
  level("oldest-delete", "seconds", ["loki_compactor_oldest_pending_delete_request_age_seconds"]),
  level("marker-files", "count", ["loki_boltdb_shipper_retention_sweeper_marker_files_current"]),
];

const RULER: readonly FigureRule[] = [
  rate("rule-evaluations", ["loki_prometheus_rule_evaluations_total"]),
  rate("rule-failures", ["loki_prometheus_rule_evaluation_failures_total"]),
  rate("rules-missed", ["loki_prometheus_rule_group_iterations_missed_total"]),
  rate("notifications-dropped", ["loki_prometheus_notifications_dropped_total"]),
];

/** Names are Loki 3.7's registrations; a process shows those of its figures whose families it exports. */
const BY_COMPONENT: Readonly<Record<string, readonly FigureRule[]>> = {
  ingester: INGESTER,
  distributor: DISTRIBUTOR,
  querier: [...QUERIER, ...STORE_READER],
  "query-frontend": [...FRONTEND, ...STORE_READER],
  "query-scheduler": SCHEDULER,
  "index-gateway": [...INDEX_GATEWAY, ...STORE_READER],
  compactor: [...COMPACTOR, ...STORE_READER],
  ruler: [...RULER, ...STORE_READER],
  write: [...INGESTER, ...DISTRIBUTOR],
  read: [...FRONTEND, ...QUERIER, ...STORE_READER],
  backend: [...SCHEDULER, ...INDEX_GATEWAY, ...COMPACTOR, ...RULER, ...STORE_READER],
  "single-binary": [
    ...INGESTER,
    ...DISTRIBUTOR,
    ...FRONTEND,
    ...QUERIER,
    ...SCHEDULER,
    ...COMPACTOR,
    ...RULER,
    ...STORE_READER,
  ],
};

/** The figures of a component's processes, in the order in which they are shown. */
export function figureRules(component: string): readonly FigureRule[] {
  return [...(BY_COMPONENT[component] ?? []), ...EVERY];
}

/** Every figure there is, each once. */
export const FIGURE_RULES: readonly FigureRule[] = [...new Set([...Object.values(BY_COMPONENT).flat(), ...EVERY])];
