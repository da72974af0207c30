import { SHARED_FAMILIES } from "./shared-families.ts";

/** A family as Loki 3.7.6 registers it: its type, its help text, and the upper bounds of a histogram's classic buckets. */
export interface MetricFamily {
  readonly type: "counter" | "gauge" | "histogram" | "summary";
  readonly help: string;
  readonly bounds?: readonly string[];
}

/** The families that the lab's components expose, in the words of real pages. */
export const METRIC_FAMILIES = {
  ...SHARED_FAMILIES,
  go_goroutines: { type: "gauge", help: "Number of goroutines that currently exist." },
  go_memstats_heap_inuse_bytes: {
    type: "gauge",
    help: "Number of heap bytes that are in use. Equals to /memory/classes/heap/objects:bytes + /memory/classes/heap/unused:bytes",
  },
  loki_boltdb_shipper_compact_tables_operation_duration_seconds: {
    type: "gauge",
    help: "Time (in seconds) spent in compacting all the tables",
  },
  loki_boltdb_shipper_compact_tables_operation_last_successful_run_timestamp_seconds: {
    type: "gauge",
    help: "Unix timestamp of the last successful compaction run",
  },
  loki_boltdb_shipper_compact_tables_operation_total: {
    type: "counter",
    help: "Total number of tables compaction done by status",
  },
  loki_boltdb_shipper_compactor_running: {
    type: "gauge",
    help: "Value will be 1 if compactor is currently running on this instance",
  },
  loki_build_info: {
    type: "gauge",
    help: "A metric with a constant '1' value labeled by version, revision, branch, goversion from which loki was built, and the goos and goarch for the build.",
  },
  loki_cache_fetched_keys: { type: "counter", help: "Total count of keys requested from cache." },
  loki_cache_hits: { type: "counter", help: "Total count of keys found in cache." },
  loki_compactor_apply_retention_last_successful_run_timestamp_seconds: {
    type: "gauge",
    help: "Unix timestamp of the last successful retention run",
  },
  loki_compactor_apply_retention_operation_duration_seconds: {
    type: "gauge",
    help: "Time (in seconds) spent in applying retention",
  },
  loki_compactor_apply_retention_operation_total: {
    type: "counter",
    help: "Total number of attempts done to apply retention with status",
  },
  loki_compactor_delete_requests_processed_total: {
    type: "counter",
    help: "Number of delete requests processed per user",
  },
  loki_compactor_delete_requests_received_total: {
    type: "counter",
    help: "Number of delete requests received per user",
  },
  loki_compactor_oldest_pending_delete_request_age_seconds: {
    type: "gauge",
    help: "Age of oldest pending delete request in seconds since they are over their cancellation period",
  },
  loki_compactor_pending_delete_requests_count: {
    type: "gauge",
    help: "Count of delete requests which are over their cancellation period and have not finished processing yet",
  },
  loki_discarded_bytes_total: { type: "counter", help: "The total number of bytes that were discarded." },
  loki_discarded_samples_total: { type: "counter", help: "The total number of samples that were discarded." },
  loki_distributor_bytes_received_total: {
    type: "counter",
    help: "The total number of uncompressed bytes received per tenant. Includes structured metadata bytes.",
  },
  loki_distributor_inflight_bytes: { type: "gauge", help: "The number of bytes currently inflight." },
  loki_distributor_ingester_append_timeouts_total: {
    type: "counter",
    help: "The total number of failed batch appends sent to ingesters due to timeouts.",
  },
  loki_distributor_ingester_appends_total: {
    type: "counter",
    help: "The total number of batch appends sent to ingesters.",
  },
  loki_distributor_ingester_clients: { type: "gauge", help: "The current number of ingester clients." },
  loki_distributor_lines_received_total: { type: "counter", help: "The total number of lines received per tenant" },
  loki_distributor_replication_factor: { type: "gauge", help: "The configured replication factor." },
  loki_frontend_query_range_duration_seconds: {
    type: "histogram",
    help: "Total time spent in seconds doing query range requests.",
    bounds: ["0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "5", "10"],
  },
  loki_index_request_duration_seconds: {
    type: "histogram",
    help: "Time (in seconds) spent in serving index query requests",
    bounds: [
      "0.005",
      "0.012301915262620913",
      "0.03026742382574107",
      "0.07446945662441999",
      "0.18322338900940766",
      "0.4507997211447921",
      "1.109139993987274",
      "2.7289092440830625",
      "6.7141620560185435",
      "16.519410534528944",
      "40.644077716844464",
      "99.99999999999989",
    ],
  },
  loki_inflight_requests: { type: "gauge", help: "Current number of inflight requests." },
  loki_ingester_checkpoint_creations_failed_total: {
    type: "counter",
    help: "Total number of checkpoint creations that failed.",
  },
  loki_ingester_checkpoint_creations_total: {
    type: "counter",
    help: "Total number of checkpoint creations attempted.",
  },
  loki_ingester_chunk_age_seconds: {
    type: "histogram",
    help: "Distribution of chunk ages (when stored).",
    bounds: ["60", "300", "600", "1800", "3600", "7200", "14400", "36000", "43200", "57600"],
  },
  loki_ingester_chunks_created_total: { type: "counter", help: "The total number of chunks created in the ingester." },
  loki_ingester_chunks_flush_failures_total: { type: "counter", help: "Total number of flush failures." },
  loki_ingester_chunks_flush_requests_total: {
    type: "counter",
    help: "Total number of flush requests (successful or not).",
  },
  loki_ingester_chunks_flushed_total: { type: "counter", help: "Total flushed chunks per reason." },
  loki_ingester_chunks_stored_total: { type: "counter", help: "Total stored chunks per tenant." },
  loki_ingester_client_request_duration_seconds: {
    type: "histogram",
    help: "Time spent doing Ingester requests.",
    bounds: ["0.001", "0.004", "0.016", "0.064", "0.256", "1.024"],
  },
  loki_ingester_flush_queue_length: { type: "gauge", help: "The total number of series pending in the flush queue." },
  loki_ingester_memory_chunks: { type: "gauge", help: "The total number of chunks in memory." },
  loki_ingester_memory_streams: { type: "gauge", help: "The total number of streams in memory per tenant." },
  loki_ingester_shutdown_marker: { type: "gauge", help: "1 if prepare shutdown has been called, 0 otherwise" },
  loki_ingester_streams_created_total: { type: "counter", help: "The total number of streams created per tenant." },
  loki_ingester_streams_removed_total: { type: "counter", help: "The total number of streams removed per tenant." },
  loki_ingester_wal_disk_full_failures_total: {
    type: "counter",
    help: "Total number of wal write failures due to full disk.",
  },
  loki_ingester_wal_disk_usage_percent: {
    type: "gauge",
    help: "Current disk usage percentage (0.0 to 1.0) for the WAL directory.",
  },
  loki_ingester_wal_logged_bytes_total: {
    type: "counter",
    help: "Total number of bytes written to disk for WAL records.",
  },
  loki_ingester_wal_records_logged_total: { type: "counter", help: "Total number of WAL records logged." },
  loki_ingester_wal_recovered_bytes_total: { type: "counter", help: "Total number of bytes recovered from the WAL." },
  loki_ingester_wal_recovered_entries_total: {
    type: "counter",
    help: "Total number of entries recovered from the WAL.",
  },
  loki_ingester_wal_recovered_streams_total: {
    type: "counter",
    help: "Total number of streams recovered from the WAL.",
  },
  loki_ingester_wal_replay_active: { type: "gauge", help: "Whether the WAL is replaying" },
  loki_ingester_wal_replay_duration_seconds: {
    type: "gauge",
    help: "Time taken to replay the checkpoint and the WAL.",
  },
  loki_lifecycler_read_only: {
    type: "gauge",
    help: "Set to 1 if this lifecycler's instance entry is in read-only state.",
  },
  loki_log_messages_total: {
    type: "counter",
    help: "DEPRECATED. Use internal_log_messages_total for the same functionality. Total number of log messages created by Loki itself.",
  },
  loki_logql_querystats_downloaded_chunk_total: {
    type: "counter",
    help: "Total count of chunks downloaded found while executing LogQL queries.",
  },
  loki_member_consul_heartbeats_total: { type: "counter", help: "The total number of heartbeats sent to consul." },
  loki_memberlist_client_cluster_members_count: { type: "gauge", help: "Number of members in memberlist cluster" },
  loki_memberlist_client_cluster_node_health_score: {
    type: "gauge",
    help: "Health score of this cluster. Lower value is better. 0 = healthy",
  },
  loki_panic_total: { type: "counter", help: "The total number of panic triggered" },
  loki_prometheus_rule_evaluation_failures_total: {
    type: "counter",
    help: "The total number of rule evaluation failures.",
  },
  loki_prometheus_rule_evaluations_total: { type: "counter", help: "The total number of rule evaluations." },
  loki_prometheus_rule_group_interval_seconds: { type: "gauge", help: "The interval of a rule group." },
  loki_prometheus_rule_group_iterations_missed_total: {
    type: "counter",
    help: "The total number of rule group evaluations missed due to slow rule group evaluation.",
  },
  loki_prometheus_rule_group_iterations_total: {
    type: "counter",
    help: "The total number of scheduled rule group evaluations, whether executed or missed.",
  },
  loki_prometheus_rule_group_last_duration_seconds: {
    type: "gauge",
    help: "The duration of the last rule group evaluation.",
  },
  loki_prometheus_rule_group_last_evaluation_timestamp_seconds: {
    type: "gauge",
    help: "The timestamp of the last rule group evaluation in seconds.",
  },
  loki_prometheus_rule_group_rules: { type: "gauge", help: "The number of rules." },
  loki_querier_query_frontend_clients: {
    type: "gauge",
    help: "The current number of clients connected to query-frontend.",
  },
  loki_querier_tail_active: { type: "gauge", help: "Number of active tailers" },
  loki_querier_worker_concurrency: { type: "gauge", help: "Number of concurrent querier workers" },
  loki_querier_worker_inflight_queries: {
    type: "gauge",
    help: "Number of queries being processed by the querier workers",
  },
  loki_query_frontend_connected_schedulers: {
    type: "gauge",
    help: "Number of schedulers this frontend is connected to.",
  },
  loki_query_frontend_queries_in_progress: {
    type: "gauge",
    help: "Number of queries in progress handled by this frontend.",
  },
  loki_query_frontend_retries: {
    type: "histogram",
    help: "Number of times a request is retried.",
    bounds: ["0", "1", "2", "3", "4", "5"],
  },
  loki_query_scheduler_connected_frontend_clients: {
    type: "gauge",
    help: "Number of query-frontend worker clients currently connected to the query-scheduler.",
  },
  loki_query_scheduler_connected_querier_clients: {
    type: "gauge",
    help: "Number of querier worker clients currently connected to the query-scheduler.",
  },
  loki_query_scheduler_enqueue_count: { type: "counter", help: "Total number of enqueued (sub-)queries." },
  loki_query_scheduler_queue_duration_seconds: {
    type: "histogram",
    help: "Time spend by requests in queue before getting picked up by a querier.",
    bounds: ["0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "5", "10"],
  },
  loki_query_scheduler_queue_length: { type: "gauge", help: "Number of queries in the queue." },
  loki_query_scheduler_running: {
    type: "gauge",
    help: "Value will be 1 if the scheduler is in the ReplicationSet and actively receiving/processing requests",
  },
  loki_rate_store_refresh_failures_total: {
    type: "counter",
    help: "The total number of failed attempts to refresh the distributor's view of stream rates",
  },
  loki_rate_store_streams: {
    type: "gauge",
    help: "The number of unique streams reported by all ingesters. Sharded streams are combined",
  },
  loki_request_duration_seconds: {
    type: "histogram",
    help: "Time (in seconds) spent serving HTTP requests.",
    bounds: ["0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "5", "10", "25", "50", "100"],
  },
  loki_ring_members: { type: "gauge", help: "Number of members in the ring" },
  loki_ruler_config_last_reload_successful: {
    type: "gauge",
    help: "Boolean set to 1 whenever the last configuration reload attempt was successful.",
  },
  loki_ruler_managers_total: { type: "gauge", help: "Total number of managers registered and running in the ruler" },
  loki_runtime_config_last_reload_successful: {
    type: "gauge",
    help: "Whether the last runtime-config reload attempt was successful.",
  },
  loki_s3_request_duration_seconds: {
    type: "histogram",
    help: "Time spent doing S3 requests.",
    bounds: ["0.025", "0.05", "0.1", "0.25", "0.5", "1", "2"],
  },
  loki_tsdb_shipper_tables_sync_operation_total: {
    type: "counter",
    help: "Total number of tables sync operations done by status",
  },
  process_cpu_seconds_total: { type: "counter", help: "Total user and system CPU time spent in seconds." },
  process_open_fds: { type: "gauge", help: "Number of open file descriptors." },
  process_resident_memory_bytes: { type: "gauge", help: "Resident memory size in bytes." },
  process_start_time_seconds: { type: "gauge", help: "Start time of the process since unix epoch in seconds." },
} as const satisfies Readonly<Record<string, MetricFamily>>;

export type MetricName = keyof typeof METRIC_FAMILIES;
