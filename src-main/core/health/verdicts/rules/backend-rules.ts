import type { Measure } from "../measure.ts";
import type { Rule } from "../rule.ts";

const RUNNING: Measure = {
  of: "level",
  series: { families: ["loki_boltdb_shipper_compactor_running", "loki_compactor_running"] },
  combine: "sum",
};
const HOUR = 3_600;

/** The old prefix is used with TSDB too. */
export const COMPACTOR_RULES: readonly Rule[] = [
  {
    kind: "compactor-many",
    scope: "component",
    unit: "count",
    measure: RUNNING,
    raises: { over: 1.5 },
    raiseAfterMs: 60_000,
    clearAfterMs: 0,
  },
  {
    kind: "compactor-none",
    scope: "component",
    unit: "count",
    measure: RUNNING,
    raises: { under: 0.5 },
    raiseAfterMs: 120_000,
    clearAfterMs: 0,
    alwaysOn: ["compactor"],
  },
  {
    kind: "compaction-late",
    scope: "component",
    unit: "seconds",
    measure: {
      of: "age",
      series: {
        families: [
          "loki_boltdb_shipper_compact_tables_operation_last_successful_run_timestamp_seconds",
          "loki_compactor_compact_tables_operation_last_successful_run_timestamp_seconds",
        ],
      },
      never: "process",
    },
    // Three hours, as in Loki's own alert LokiCompactorHasNotSuccessfullyRunCompaction; sooner where it runs often.
    raises: { intervals: 3, least: 900, most: 3 * HOUR },
    raiseAfterMs: 0,
    clearAfterMs: 0,
  },
  {
    kind: "retention-late",
    scope: "component",
    unit: "seconds",
    measure: {
      of: "age",
      series: {
        families: [
          "loki_compactor_apply_retention_last_successful_run_timestamp_seconds",
          "loki_boltdb_shipper_apply_retention_last_successful_run_timestamp_seconds",
        ],
      },
    },
    raises: { intervals: 3, least: 1_800, most: 6 * HOUR },
    raiseAfterMs: 0,
    clearAfterMs: 0,
  },
  {
    kind: "deletes-pending",
    scope: "component",
    unit: "count",
    measure: {
      of: "level",
      series: { families: ["loki_compactor_pending_delete_requests_count"] },
      combine: "greatest",
    },
    paramOf: {
      name: "oldestSeconds",
      measure: {
        of: "level",
        series: { families: ["loki_compactor_oldest_pending_delete_request_age_seconds"] },
        combine: "greatest",
      },
      // Nothing is deleted in the 24 hours in which a request can be cancelled; as long again is late.
      over: 48 * HOUR,
    },
    raises: { over: 0 },
    raiseAfterMs: 0,
    clearAfterMs: 0,
  },
  {
    kind: "deletes-failing",
    scope: "component",
    unit: "count",
    measure: {
      of: "growth",
      series: { families: ["loki_compactor_delete_processing_fails_total"] },
      windowMs: 600_000,
    },
    by: { cause: "cause" },
    raises: { over: 0 },
    raiseAfterMs: 0,
    clearAfterMs: 0,
  },
];

export const RULER_RULES: readonly Rule[] = [
  {
    kind: "rules-missed",
    scope: "component",
    unit: "count",
    measure: {
      of: "growth",
      series: { families: ["loki_prometheus_rule_group_iterations_missed_total"] },
      windowMs: 600_000,
    },
    by: { user: "tenant", rule_group: "group" },
    raises: { over: 0 },
    raiseAfterMs: 0,
    clearAfterMs: 0,
  },
  {
    kind: "rules-failing",
    scope: "component",
    unit: "share",
    measure: {
      of: "share",
      part: { families: ["loki_prometheus_rule_evaluation_failures_total"] },
      whole: { families: ["loki_prometheus_rule_evaluations_total"] },
      windowMs: 600_000,
      least: 3,
    },
    by: { user: "tenant", rule_group: "group" },
    raises: { over: 0.1 },
    raiseAfterMs: 30_000,
    clearAfterMs: 0,
  },
  {
    kind: "notifications-dropped",
    scope: "component",
    unit: "count",
    measure: {
      of: "growth",
      series: { families: ["loki_prometheus_notifications_dropped_total"] },
      windowMs: 600_000,
    },
    by: { user: "tenant" },
    raises: { over: 0 },
    raiseAfterMs: 0,
    clearAfterMs: 0,
  },
  {
    kind: "reload-failed",
    scope: "component",
    unit: "count",
    measure: { of: "level", series: { families: ["loki_ruler_config_last_reload_successful"] }, combine: "least" },
    by: { user: "tenant" },
    params: { config: "ruler" },
    raises: { under: 0.5 },
    raiseAfterMs: 20_000,
    clearAfterMs: 0,
  },
];
