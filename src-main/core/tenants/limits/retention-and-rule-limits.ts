import type { LimitDefinition } from "../../../../src-shared/model/tenants/limit.ts";
import { limitsOf } from "./define-limit.ts";

const retention = limitsOf("retention");
const rules = limitsOf("rules");
const DEPRECATED = { deprecated: true } as const;

/** `pkg/validation/limits.go` of Loki 3.7.6: how long lines are kept, who may delete, and what the ruler does. */
export const RETENTION_AND_RULE_LIMITS: readonly LimitDefinition[] = [
  // 0 keeps for ever; any other period shorter than a day stops Loki at its start.
  retention("retention_period", "duration", "seconds", "0s", { zero: "unlimited" }),
  retention("retention_stream", "list", "none", [], {
    printedWhenEmpty: false,
    fields: { period: "duration", priority: "int", selector: "string" },
  }),
  retention("deletion_mode", "string", "none", "filter-and-delete", {
    choices: ["disabled", "filter-only", "filter-and-delete"],
    use: { from: "metric", metric: "loki_compactor_delete_requests_received_total", tenantLabel: "user", as: "rate" },
  }),
  retention("allow_deletes", "bool", "none", false, DEPRECATED),
  rules("ruler_max_rules_per_rule_group", "int", "count", 0, {
    zero: "unlimited",
    use: { from: "endpoint", path: "/loki/api/v1/rules" },
  }),
  rules("ruler_max_rule_groups_per_tenant", "int", "count", 0, {
    zero: "unlimited",
    use: { from: "endpoint", path: "/loki/api/v1/rules" },
  }),
  rules("ruler_alertmanager_config", "map", "none", null),
  rules("ruler_tenant_shard_size", "int", "count", 0, { zero: "unlimited" }),
  rules("ruler_enable_wal_replay", "bool", "none", true),
  rules("ruler_remote_write_disabled", "bool", "none", false),
  rules("ruler_remote_write_url", "string", "none", "", DEPRECATED),
  rules("ruler_remote_write_timeout", "go-duration", "seconds", "0s", DEPRECATED),
  rules("ruler_remote_write_headers", "map", "none", {}, DEPRECATED),
  rules("ruler_remote_write_relabel_configs", "list", "none", [], { ...DEPRECATED, printedWhenEmpty: false }),
  rules("ruler_remote_write_queue_capacity", "int", "count", 0, DEPRECATED),
  rules("ruler_remote_write_queue_min_shards", "int", "count", 0, DEPRECATED),
  rules("ruler_remote_write_queue_max_shards", "int", "count", 0, DEPRECATED),
  rules("ruler_remote_write_queue_max_samples_per_send", "int", "count", 0, DEPRECATED),
  rules("ruler_remote_write_queue_batch_send_deadline", "go-duration", "seconds", "0s", DEPRECATED),
  rules("ruler_remote_write_queue_min_backoff", "go-duration", "seconds", "0s", DEPRECATED),
  rules("ruler_remote_write_queue_max_backoff", "go-duration", "seconds", "0s", DEPRECATED),
  rules("ruler_remote_write_queue_retry_on_ratelimit", "bool", "none", false, DEPRECATED),
  rules("ruler_remote_write_sigv4_config", "map", "none", null, DEPRECATED),
  rules("ruler_remote_write_config", "map", "none", {}, { printedWhenEmpty: false }),
  rules("ruler_remote_evaluation_timeout", "go-duration", "seconds", "0s"),
  rules("ruler_remote_evaluation_max_response_size", "int", "bytes", 0, { zero: "unlimited" }),
];
