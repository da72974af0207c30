import type { Rule } from "../rule.ts";

/** Components that run an ingester, and a distributor. */
const INGESTERS = ["ingester", "write", "single-binary"] as const;
const PUSH_ROUTES = new Set(["loki_api_v1_push", "api_prom_push", "otlp_v1_logs"]);
const WINDOW_MS = 600_000;

/** What is wrong with an ingester by itself; its puts, pushes and queue are detection's. */
export const INGESTER_RULES: readonly Rule[] = [
  {
    kind: "wal-disk-full",
    scope: "instance",
    unit: "count",
    measure: {
      of: "growth",
      series: { families: ["loki_ingester_wal_disk_full_failures_total"] },
      windowMs: WINDOW_MS,
    },
    raises: { over: 0 },
    raiseAfterMs: 0,
    clearAfterMs: 0,
    alwaysOn: INGESTERS,
  },
  {
    kind: "wal-disk-filling",
    scope: "instance",
    unit: "share",
    // From 0 to 1 in spite of its name. Loki refuses pushes from 0.9 on unless it is told otherwise.
    measure: { of: "level", series: { families: ["loki_ingester_wal_disk_usage_percent"] }, combine: "greatest" },
    raises: { over: 0.9 },
    raiseAfterMs: 20_000,
    clearAfterMs: 60_000,
  },
  {
    kind: "wal-corrupt",
    scope: "instance",
    unit: "count",
    measure: { of: "growth", series: { families: ["loki_ingester_wal_corruptions_total"] }, windowMs: WINDOW_MS },
    by: { type: "type" },
    raises: { over: 0 },
    raiseAfterMs: 0,
    clearAfterMs: 0,
  },
  {
    kind: "checkpoint-failing",
    scope: "instance",
    unit: "count",
    measure: {
      of: "growth",
      series: { families: ["loki_ingester_checkpoint_creations_failed_total"] },
      windowMs: WINDOW_MS,
    },
    raises: { over: 0 },
    raiseAfterMs: 0,
    clearAfterMs: 0,
    alwaysOn: INGESTERS,
  },
  {
    kind: "checkpoint-slow",
    scope: "instance",
    unit: "seconds",
    // One is begun every five minutes unless Loki is told otherwise: from four on there is no time between them.
    measure: {
      of: "mean",
      series: { families: ["loki_ingester_checkpoint_duration_seconds"] },
      windowMs: WINDOW_MS,
      least: 1,
    },
    raises: { over: 240 },
    raiseAfterMs: 0,
    clearAfterMs: 0,
  },
  {
    kind: "shutdown-prepared",
    scope: "instance",
    unit: "count",
    measure: { of: "level", series: { families: ["loki_ingester_shutdown_marker"] }, combine: "greatest" },
    raises: { over: 0 },
    raiseAfterMs: 0,
    clearAfterMs: 0,
  },
];

export const DISTRIBUTOR_RULES: readonly Rule[] = [
  {
    kind: "samples-discarded",
    scope: "component",
    unit: "per-second",
    measure: { of: "rate", series: { families: ["loki_discarded_samples_total"] }, windowMs: 60_000 },
    by: { tenant: "tenant", reason: "reason" },
    // Below it the odd refused push of a chatty pod.
    raises: { over: 1 },
    raiseAfterMs: 20_000,
    clearAfterMs: 60_000,
  },
  {
    kind: "push-pileup",
    scope: "instance",
    unit: "count",
    measure: {
      of: "level",
      series: { families: ["loki_inflight_requests"], where: ({ route = "" }) => PUSH_ROUTES.has(route) },
      combine: "sum",
    },
    raises: { mates: { ratio: 5, score: 4, least: 20, noise: 0.4, floor: 2 } },
    raiseAfterMs: 30_000,
    clearAfterMs: 60_000,
  },
  {
    kind: "past-slower",
    scope: "instance",
    unit: "seconds",
    measure: {
      of: "mean",
      series: { families: ["loki_request_duration_seconds"], where: ({ route = "" }) => PUSH_ROUTES.has(route) },
      windowMs: 60_000,
      least: 20,
    },
    params: { figure: "push" },
    raises: { past: { ratio: 4, score: 6, least: 0.1, noise: 0.25, floor: 0.005 } },
    raiseAfterMs: 60_000,
    clearAfterMs: 60_000,
  },
];
