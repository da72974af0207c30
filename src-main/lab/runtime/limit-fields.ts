/** Go types of the fields of `validation.Limits`, as far as decoding YAML tells them apart. */
export type GoType =
  | "int"
  | "uint"
  | "float64"
  | "bool"
  | "string"
  | "size"
  | "duration"
  | "go-duration"
  | "time"
  | "strings"
  | "map"
  | "list";

/** `[type, default]`; the order is that in which `/config` prints them. */
type Field = readonly [GoType, unknown];

const SERVICE_NAMES = `service app application app_name name app_kubernetes_io_name container container_name
  k8s_container_name component workload job k8s_job_name`;
const LEVEL_FIELDS = `level LEVEL Level log.level severity SEVERITY Severity SeverityText lvl LVL Lvl severity_text
  Severity_Text SEVERITY_TEXT`;
const words = (text: string) => text.split(/\s+/);

/** Every key of `limits_config` of Loki 3.7.6 that `/config?mode=defaults` prints, with what a Loki without configuration has. */
const PRINTED_FIELDS: Readonly<Record<string, Field>> = {
  ingestion_rate_strategy: ["string", "global"],
  ingestion_rate_mb: ["float64", 4],
  ingestion_burst_size_mb: ["float64", 6],
  max_label_name_length: ["int", 1_024],
  max_label_value_length: ["int", 2_048],
  max_label_names_per_series: ["int", 15],
  reject_old_samples: ["bool", true],
  reject_old_samples_max_age: ["duration", "1w"],
  creation_grace_period: ["duration", "10m"],
  max_line_size: ["size", "256KB"],
  max_line_size_truncate: ["bool", false],
  max_line_size_truncate_identifier: ["string", ""],
  increment_duplicate_timestamp: ["bool", false],
  simulated_push_latency: ["go-duration", "0s"],
  enable_multi_variant_queries: ["bool", false],
  discover_generic_fields: ["map", {}],
  discover_service_name: ["strings", words(SERVICE_NAMES)],
  discover_log_levels: ["bool", true],
  log_level_fields: ["strings", words(LEVEL_FIELDS)],
  log_level_from_json_max_depth: ["int", 2],
  use_owned_stream_count: ["bool", false],
  max_streams_per_user: ["int", 0],
  max_global_streams_per_user: ["int", 5_000],
  unordered_writes: ["bool", true],
  per_stream_rate_limit: ["size", "3MB"],
  per_stream_rate_limit_burst: ["size", "15MB"],
  max_chunks_per_query: ["int", 2_000_000],
  max_query_series: ["int", 500],
  max_query_lookback: ["duration", "0s"],
  max_query_length: ["duration", "30d1h"],
  max_query_range: ["duration", "0s"],
  max_query_parallelism: ["int", 32],
  tsdb_max_query_parallelism: ["int", 128],
  tsdb_max_bytes_per_shard: ["size", "600MB"],
  tsdb_sharding_strategy: ["string", "power_of_two"],
  tsdb_precompute_chunks: ["bool", false],
  cardinality_limit: ["int", 100_000],
  max_streams_matchers_per_query: ["int", 1_000],
  max_concurrent_tail_requests: ["int", 10],
  max_entries_limit_per_query: ["int", 5_000],
  max_cache_freshness_per_query: ["duration", "10m"],
  max_metadata_cache_freshness: ["duration", "1d"],
  max_stats_cache_freshness: ["duration", "10m"],
  max_queriers_per_tenant: ["uint", 0],
  max_query_capacity: ["float64", 0],
  query_ready_index_num_days: ["int", 0],
  query_timeout: ["duration", "1m"],
  split_queries_by_interval: ["duration", "1h"],
  split_metadata_queries_by_interval: ["duration", "1d"],
  split_recent_metadata_queries_by_interval: ["duration", "1h"],
  recent_metadata_query_window: ["duration", "0s"],
  split_instant_metric_queries_by_interval: ["duration", "1h"],
  engine_results_cache_time_bucket_interval: ["duration", "1d"],
  split_ingester_queries_by_interval: ["duration", "0s"],
  min_sharding_lookback: ["duration", "0s"],
  max_query_bytes_read: ["size", "0B"],
  max_querier_bytes_read: ["size", "150GB"],
  volume_enabled: ["bool", true],
  volume_max_series: ["int", 1_000],
  ruler_max_rules_per_rule_group: ["int", 0],
  ruler_max_rule_groups_per_tenant: ["int", 0],
  ruler_alertmanager_config: ["map", null],
  ruler_tenant_shard_size: ["int", 0],
  ruler_enable_wal_replay: ["bool", true],
  ruler_remote_write_disabled: ["bool", false],
  ruler_remote_write_url: ["string", ""],
  ruler_remote_write_timeout: ["go-duration", "0s"],
  ruler_remote_write_headers: ["map", {}],
  ruler_remote_write_queue_capacity: ["int", 0],
  ruler_remote_write_queue_min_shards: ["int", 0],
  ruler_remote_write_queue_max_shards: ["int", 0],
  ruler_remote_write_queue_max_samples_per_send: ["int", 0],
  ruler_remote_write_queue_batch_send_deadline: ["go-duration", "0s"],
  ruler_remote_write_queue_min_backoff: ["go-duration", "0s"],
  ruler_remote_write_queue_max_backoff: ["go-duration", "0s"],
  ruler_remote_write_queue_retry_on_ratelimit: ["bool", false],
  ruler_remote_write_sigv4_config: ["map", null],
  ruler_remote_evaluation_timeout: ["go-duration", "0s"],
  ruler_remote_evaluation_max_response_size: ["int", 0],
  deletion_mode: ["string", "filter-and-delete"],
  retention_period: ["duration", "0s"],
  per_tenant_override_config: ["string", ""],
  per_tenant_override_period: ["duration", "10s"],
  allow_deletes: ["bool", false],
  shard_streams: [
    "map",
    {
      enabled: true,
      time_sharding_enabled: false,
      time_sharding_ignore_recent: "40m0s",
      logging_enabled: false,
      desired_rate: "1536KB",
    },
  ],
  index_gateway_shard_size: ["int", 0],
  index_gateway_max_capacity: ["float64", 1],
  bloom_gateway_enable_filtering: ["bool", false],
  bloom_build_max_builders: ["int", 0],
  bloom_build_task_max_retries: ["int", 3],
  bloom_build_builder_response_timeout: ["go-duration", "0s"],
  bloom_creation_enabled: ["bool", false],
  bloom_planning_strategy: ["string", "split_keyspace_by_factor"],
  bloom_split_series_keyspace_by: ["int", 256],
  bloom_task_target_series_chunk_size: ["size", "20GB"],
  bloom_block_encoding: ["string", "none"],
  bloom_prefetch_blocks: ["bool", false],
  bloom_max_block_size: ["size", "200MB"],
  bloom_max_bloom_size: ["size", "128MB"],
  allow_structured_metadata: ["bool", true],
  max_structured_metadata_size: ["size", "64KB"],
  max_structured_metadata_entries_count: ["int", 128],
  otlp_config: ["map", null],
  block_ingestion_policy_until: ["map", {}],
  block_ingestion_until: ["time", "0"],
  block_ingestion_status_code: ["int", 260],
  enforced_labels: ["strings", []],
  policy_enforced_labels: ["map", {}],
  policy_stream_mapping: ["map", {}],
  policy_override_limits: ["map", {}],
  ingestion_partitions_tenant_shard_size: ["int", 0],
  pattern_ingester_tokenizable_json_fields_default: ["string", "log,message,msg,msg_,_msg,content"],
  pattern_ingester_tokenizable_json_fields_append: ["string", ""],
  pattern_ingester_tokenizable_json_fields_delete: ["string", ""],
  metric_aggregation_enabled: ["bool", false],
  pattern_persistence_enabled: ["bool", false],
  pattern_persistence_granularity: ["go-duration", "0s"],
  pattern_rate_threshold: ["float64", 1],
  s3_sse_type: ["string", ""],
  s3_sse_kms_key_id: ["string", ""],
  s3_sse_kms_encryption_context: ["string", ""],
  max_scan_task_parallelism: ["int", 0],
  debug_engine_tasks: ["bool", false],
  debug_engine_streams: ["bool", false],
};

/** Keys that `/config` leaves out while they are empty. */
const SILENT_FIELDS: Readonly<Record<string, Field>> = {
  blocked_queries: ["list", []],
  minimum_labels_number: ["int", 0],
  required_labels: ["strings", []],
  retention_stream: ["list", []],
  ruler_remote_write_config: ["map", {}],
  ruler_remote_write_relabel_configs: ["list", []],
};

/** Every field of `validation.Limits`, by its YAML key. */
export const LIMIT_FIELDS: ReadonlyMap<string, Field> = new Map(
  Object.entries({ ...PRINTED_FIELDS, ...SILENT_FIELDS }),
);

/** What `limits_config` is where nothing is configured, as `/config?mode=defaults` prints it. */
export const BUILT_IN_LIMITS: Readonly<Record<string, unknown>> = Object.fromEntries(
  Object.entries(PRINTED_FIELDS).map(([key, [, value]]) => [key, value]),
);

/** Fields of the structures within a limit that Loki checks strictly, and the names of their Go types. */
export const INNER_FIELDS: Readonly<
  Record<string, { readonly goType: string; readonly fields: Readonly<Record<string, GoType>> }>
> = {
  shard_streams: {
    goType: "shardstreams.Config",
    fields: {
      enabled: "bool",
      time_sharding_enabled: "bool",
      time_sharding_ignore_recent: "go-duration",
      logging_enabled: "bool",
      desired_rate: "size",
    },
  },
  blocked_queries: {
    goType: "validation.BlockedQuery",
    fields: { pattern: "string", regex: "bool", hash: "uint", types: "list", query_tags: "map" },
  },
  retention_stream: {
    goType: "validation.StreamRetention",
    fields: { period: "duration", priority: "int", selector: "string" },
  },
};

/** `configs.<tenant>`: what is logged of it. */
export const TENANT_LOG_FIELDS: Readonly<Record<string, GoType>> = {
  log_stream_creation: "bool",
  log_push_request: "bool",
  log_hash_of_labels: "bool",
  log_push_request_streams: "bool",
  filter_push_request_streams_ips: "strings",
  log_service_name_discovery: "bool",
  log_duplicate_metrics: "bool",
  log_duplicate_stream_info: "bool",
  limited_log_push_errors: "bool",
};

export const MULTI_KV_FIELDS: Readonly<Record<string, GoType>> = { mirror_enabled: "bool", primary: "string" };
