import type { MetricFamily } from "./metric-families.ts";

/** Families of rings, memberlist, caches and the index, and what else every process registers, in the words of real pages. */
export const SHARED_FAMILIES = {
  loki_boltdb_shipper_retention_sweeper_marker_file_processing_current_time: {
    type: "gauge",
    help: "The current time of creation of the marker file being processed.",
  },
  loki_boltdb_shipper_retention_sweeper_marker_files_current: {
    type: "gauge",
    help: "The current total of marker files valid for deletion.",
  },
  loki_blocked_queries: { type: "counter", help: "Count of queries blocked by per-tenant policy" },
  loki_cache_request_duration_seconds: {
    type: "histogram",
    help: "Total time spent in seconds doing cache requests.",
    bounds: ["1.6e-05", "6.4e-05", "0.000256", "0.001024", "0.004096", "0.016384", "0.065536", "0.262144"],
  },
  loki_chunk_store_fetched_chunk_bytes_total: { type: "counter", help: "Total bytes fetched in chunks per user." },
  loki_chunk_store_stored_chunk_bytes_total: { type: "counter", help: "Total bytes stored in chunks per user." },
  loki_embeddedcache_entries: { type: "gauge", help: "Current number of entries in the cache" },
  loki_index_gateway_request_duration_seconds: {
    type: "histogram",
    help: "Time (in seconds) spent serving requests when using the index gateway",
    bounds: ["0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "5", "10", "25", "50", "100"],
  },
  loki_ingester_autoforget_unhealthy_ingesters_total: {
    type: "counter",
    help: "Total number of ingesters automatically forgotten",
  },
  loki_ingester_checkpoint_duration_seconds: { type: "summary", help: "Time taken to create a checkpoint." },
  loki_ingester_chunk_stored_bytes_total: { type: "counter", help: "Total bytes stored in chunks per tenant." },
  loki_ingester_limiter_enabled: { type: "gauge", help: "Whether the ingester's limiter is enabled" },
  loki_ingester_not_owned_streams: { type: "gauge", help: "The total number of not owned streams in memory." },
  loki_ingester_wal_bytes_in_use: { type: "gauge", help: "Total number of bytes in use by the WAL recovery process." },
  loki_ingester_wal_replay_flushing: {
    type: "gauge",
    help: "Whether the wal replay is in a flushing phase due to backpressure",
  },
  loki_internal_log_messages_total: { type: "counter", help: "Total number of log messages created by Loki itself." },
  loki_kv_request_duration_seconds: {
    type: "histogram",
    help: "Time spent on kv store requests.",
    bounds: ["0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "5", "10"],
  },
  loki_logql_querystats_latency_seconds: {
    type: "histogram",
    help: "Distribution of latency for LogQL queries.",
    bounds: ["0.25", "0.5", "1", "2", "4", "8", "16", "32", "64", "128"],
  },
  loki_memberlist_client_cas_failure_total: { type: "counter", help: "Failed CAS operations" },
  loki_memberlist_client_messages_in_broadcast_queue: {
    type: "gauge",
    help: "Number of user messages in the broadcast queue",
  },
  loki_memberlist_client_messages_to_broadcast_dropped_total: {
    type: "counter",
    help: "Number of broadcast messages intended to be sent but were dropped due to encoding errors or for being too big",
  },
  loki_memberlist_client_received_broadcasts_invalid_total: {
    type: "counter",
    help: "Number of received broadcast user messages that were invalid. Hopefully 0.",
  },
  loki_objstore_bucket_last_successful_upload_time: {
    type: "gauge",
    help: "Second timestamp of the last successful upload to the bucket.",
  },
  loki_prometheus_notifications_dropped_total: {
    type: "counter",
    help: "Total number of alerts dropped due to errors when sending to Alertmanager.",
  },
  loki_query_frontend_log_result_cache_hit_total: { type: "counter", help: "" },
  loki_query_frontend_log_result_cache_miss_total: { type: "counter", help: "" },
  loki_ring_oldest_member_timestamp: { type: "gauge", help: "Timestamp of the oldest member in the ring." },
  loki_ring_tokens_total: { type: "gauge", help: "Number of tokens in the ring" },
  loki_ring_zone_members: { type: "gauge", help: "Number of ring members for each zone/state pair" },
  loki_runtime_config_hash: {
    type: "gauge",
    help: "Hash of the currently active runtime configuration, merged from all configured files.",
  },
  loki_tcp_connections: { type: "gauge", help: "Current number of accepted TCP connections." },
  loki_tsdb_build_index_attempts_total: {
    type: "counter",
    help: "Total number of tsdb index builds partitioned by status",
  },
  loki_tsdb_build_index_last_successful_timestamp_seconds: {
    type: "gauge",
    help: "Unix timestamp of the last successful tsdb index build",
  },
  loki_tsdb_shipper_tables_upload_operation_total: {
    type: "counter",
    help: "Total number of upload operations done by status",
  },
} as const satisfies Readonly<Record<string, MetricFamily>>;
