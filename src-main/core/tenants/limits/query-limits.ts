import type { LimitDefinition } from "../../../../src-shared/model/tenants/limit.ts";
import { limitsOf } from "./define-limit.ts";

const define = limitsOf("query");
const UNLIMITED = { zero: "unlimited" } as const;

/** `pkg/validation/limits.go` and `pkg/util/validation` of Loki 3.7.6: what is held against a query. */
export const QUERY_LIMITS: readonly LimitDefinition[] = [
  define("max_query_length", "duration", "seconds", "30d1h", UNLIMITED),
  define("max_query_lookback", "duration", "seconds", "0s", UNLIMITED),
  define("max_query_range", "duration", "seconds", "0s", UNLIMITED),
  define("max_entries_limit_per_query", "int", "count", 5_000, UNLIMITED),
  define("max_query_series", "int", "count", 500),
  define("max_query_bytes_read", "bytes", "bytes", "0B", {
    ...UNLIMITED,
    use: { from: "endpoint", path: "/loki/api/v1/index/stats" },
  }),
  define("max_querier_bytes_read", "bytes", "bytes", "150GB", UNLIMITED),
  define("max_streams_matchers_per_query", "int", "count", 1_000),
  // 0 switches queries off: "querying is disabled, please contact your Loki operator".
  define("max_query_parallelism", "int", "count", 32, { zero: "nothing" }),
  define("tsdb_max_query_parallelism", "int", "count", 128, { zero: "nothing" }),
  define("tsdb_max_bytes_per_shard", "bytes", "bytes", "600MB"),
  define("tsdb_sharding_strategy", "string", "none", "power_of_two", { choices: ["power_of_two", "bounded"] }),
  define("tsdb_precompute_chunks", "bool", "none", false),
  define("split_queries_by_interval", "duration", "seconds", "1h"),
  define("split_metadata_queries_by_interval", "duration", "seconds", "1d"),
  define("split_recent_metadata_queries_by_interval", "duration", "seconds", "1h"),
  define("recent_metadata_query_window", "duration", "seconds", "0s"),
  define("split_instant_metric_queries_by_interval", "duration", "seconds", "1h"),
  define("split_ingester_queries_by_interval", "duration", "seconds", "0s"),
  define("engine_results_cache_time_bucket_interval", "duration", "seconds", "1d"),
  define("query_timeout", "duration", "seconds", "1m"),
  define("max_concurrent_tail_requests", "int", "count", 10, {
    use: { from: "metric", metric: "loki_querier_tail_active", tenantLabel: null, as: "level" },
  }),
  define("max_chunks_per_query", "int", "count", 2_000_000),
  define("cardinality_limit", "int", "count", 100_000),
  define("max_queriers_per_tenant", "uint", "count", 0, UNLIMITED),
  define("max_query_capacity", "float", "share", 0, UNLIMITED),
  define("max_cache_freshness_per_query", "duration", "seconds", "10m"),
  define("max_stats_cache_freshness", "duration", "seconds", "10m"),
  define("max_metadata_cache_freshness", "duration", "seconds", "1d"),
  define("min_sharding_lookback", "duration", "seconds", "0s"),
  define("volume_enabled", "bool", "none", true),
  define("volume_max_series", "int", "count", 1_000),
  define("blocked_queries", "list", "none", [], {
    printedWhenEmpty: false,
    fields: { pattern: "string", regex: "bool", hash: "uint", types: "list", query_tags: "map" },
    use: { from: "metric", metric: "loki_blocked_queries", tenantLabel: "user", as: "rate" },
  }),
  define("required_labels", "string-list", "none", [], { printedWhenEmpty: false }),
  define("minimum_labels_number", "int", "count", 0, { printedWhenEmpty: false }),
  define("enable_multi_variant_queries", "bool", "none", false),
  define("query_ready_index_num_days", "int", "days", 0),
  define("index_gateway_shard_size", "int", "count", 0, UNLIMITED),
  define("index_gateway_max_capacity", "float", "share", 1),
  define("max_scan_task_parallelism", "int", "count", 0, UNLIMITED),
  define("debug_engine_tasks", "bool", "none", false),
  define("debug_engine_streams", "bool", "none", false),
];
