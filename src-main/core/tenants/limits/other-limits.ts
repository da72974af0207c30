import type { LimitDefinition } from "../../../../src-shared/model/tenants/limit.ts";
import { limitsOf } from "./define-limit.ts";

const define = limitsOf("others");

/** `pkg/validation/limits.go` of Loki 3.7.6: blooms, patterns, the object store, and where overrides were read from once. */
export const OTHER_LIMITS: readonly LimitDefinition[] = [
  define("per_tenant_override_config", "string", "none", "", { deprecated: true, perTenant: false }),
  define("per_tenant_override_period", "duration", "seconds", "10s", { deprecated: true, perTenant: false }),
  define("bloom_gateway_enable_filtering", "bool", "none", false),
  define("bloom_build_max_builders", "int", "count", 0),
  define("bloom_build_task_max_retries", "int", "count", 3),
  define("bloom_build_builder_response_timeout", "go-duration", "seconds", "0s"),
  define("bloom_creation_enabled", "bool", "none", false),
  define("bloom_planning_strategy", "string", "none", "split_keyspace_by_factor"),
  define("bloom_split_series_keyspace_by", "int", "count", 256),
  define("bloom_task_target_series_chunk_size", "bytes", "bytes", "20GB"),
  define("bloom_block_encoding", "string", "none", "none"),
  define("bloom_prefetch_blocks", "bool", "none", false),
  define("bloom_max_block_size", "bytes", "bytes", "200MB"),
  define("bloom_max_bloom_size", "bytes", "bytes", "128MB"),
  define("pattern_ingester_tokenizable_json_fields_default", "csv", "none", "log,message,msg,msg_,_msg,content"),
  define("pattern_ingester_tokenizable_json_fields_append", "csv", "none", ""),
  define("pattern_ingester_tokenizable_json_fields_delete", "csv", "none", ""),
  define("metric_aggregation_enabled", "bool", "none", false),
  define("pattern_persistence_enabled", "bool", "none", false),
  define("pattern_persistence_granularity", "go-duration", "seconds", "0s"),
  define("pattern_rate_threshold", "float", "count", 1),
  define("s3_sse_type", "string", "none", ""),
  define("s3_sse_kms_key_id", "string", "none", ""),
  define("s3_sse_kms_encryption_context", "string", "none", ""),
];
