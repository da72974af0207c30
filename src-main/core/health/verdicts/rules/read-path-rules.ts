import type { Rule } from "../rule.ts";

const INDEX_GATEWAY = "/indexgatewaypb.IndexGateway/";

/** The queue between frontends and queriers: in the scheduler, or in a frontend that has none. */
export const QUEUE_RULES: readonly Rule[] = [
  {
    kind: "queue-long",
    scope: "component",
    unit: "count",
    measure: {
      of: "level",
      series: { families: ["loki_query_scheduler_queue_length", "loki_query_frontend_queue_length"] },
      combine: "sum",
    },
    raises: { over: 50 },
    raiseAfterMs: 60_000,
    clearAfterMs: 60_000,
  },
  {
    kind: "queue-wait",
    scope: "component",
    unit: "seconds",
    measure: {
      of: "mean",
      series: {
        families: ["loki_query_scheduler_queue_duration_seconds", "loki_query_frontend_queue_duration_seconds"],
      },
      windowMs: 120_000,
      least: 5,
    },
    raises: { over: 2 },
    raiseAfterMs: 30_000,
    clearAfterMs: 60_000,
  },
  {
    kind: "queue-discards",
    scope: "component",
    unit: "count",
    measure: {
      of: "growth",
      series: {
        families: ["loki_query_scheduler_discarded_requests_total", "loki_query_frontend_discarded_requests_total"],
      },
      windowMs: 300_000,
    },
    by: { user: "tenant" },
    raises: { over: 0 },
    raiseAfterMs: 0,
    clearAfterMs: 0,
  },
  {
    kind: "no-queriers",
    scope: "instance",
    unit: "count",
    measure: {
      of: "level",
      series: {
        families: ["loki_query_scheduler_connected_querier_clients", "loki_query_frontend_connected_clients"],
      },
      combine: "sum",
    },
    raises: { under: 0.5 },
    raiseAfterMs: 30_000,
    clearAfterMs: 0,
    alwaysOn: ["query-scheduler"],
  },
  {
    kind: "no-frontends",
    scope: "instance",
    unit: "count",
    measure: {
      of: "level",
      series: { families: ["loki_query_scheduler_connected_frontend_clients"] },
      combine: "sum",
    },
    raises: { under: 0.5 },
    raiseAfterMs: 30_000,
    clearAfterMs: 0,
  },
  {
    kind: "no-schedulers",
    scope: "instance",
    unit: "count",
    measure: { of: "level", series: { families: ["loki_query_frontend_connected_schedulers"] }, combine: "sum" },
    raises: { under: 0.5 },
    raiseAfterMs: 30_000,
    clearAfterMs: 0,
  },
];

export const CACHE_RULES: readonly Rule[] = [
  {
    kind: "cache-misses",
    scope: "component",
    unit: "share",
    // Without `_total`, as Loki names it. What share is right, queries decide: it is one that fell that tells.
    measure: {
      of: "share",
      part: { families: ["loki_cache_hits"] },
      whole: { families: ["loki_cache_fetched_keys"] },
      windowMs: 300_000,
      least: 500,
    },
    by: { name: "cache" },
    raises: { past: { ratio: 2, score: 6, least: 0.2, noise: 0.1, floor: 0.01, low: true } },
    raiseAfterMs: 120_000,
    clearAfterMs: 120_000,
  },
  {
    kind: "cache-down",
    scope: "component",
    unit: "count",
    measure: { of: "level", series: { families: ["loki_memcache_client_servers"] }, combine: "least" },
    by: { name: "cache" },
    raises: { under: 0.5 },
    raiseAfterMs: 30_000,
    clearAfterMs: 30_000,
  },
  {
    kind: "cache-down",
    scope: "component",
    unit: "share",
    measure: {
      of: "share",
      part: {
        families: ["loki_memcache_request_duration_seconds_count"],
        where: ({ status_code: status = "" }) => status.startsWith("5") || status === "error",
      },
      whole: { families: ["loki_memcache_request_duration_seconds_count"] },
      windowMs: 120_000,
      least: 20,
    },
    by: { name: "cache" },
    raises: { over: 0.2 },
    raiseAfterMs: 30_000,
    clearAfterMs: 60_000,
  },
];

export const INDEX_RULES: readonly Rule[] = [
  {
    kind: "index-gateway-slow",
    scope: "component",
    unit: "seconds",
    measure: {
      of: "mean",
      series: {
        families: ["loki_request_duration_seconds"],
        where: ({ route = "" }) => route.startsWith(INDEX_GATEWAY),
      },
      windowMs: 120_000,
      least: 10,
    },
    by: { route: "operation" },
    raises: { over: 1 },
    raiseAfterMs: 30_000,
    clearAfterMs: 60_000,
  },
  {
    kind: "index-sync-failing",
    scope: "instance",
    unit: "count",
    measure: {
      of: "growth",
      series: {
        families: ["loki_tsdb_shipper_tables_sync_operation_total", "loki_boltdb_shipper_tables_sync_operation_total"],
        where: ({ status = "" }) => status !== "success",
      },
      windowMs: 600_000,
    },
    raises: { over: 0 },
    raiseAfterMs: 0,
    clearAfterMs: 0,
  },
  {
    kind: "index-upload-failing",
    scope: "instance",
    unit: "count",
    measure: {
      of: "growth",
      series: {
        families: [
          "loki_tsdb_shipper_tables_upload_operation_total",
          "loki_boltdb_shipper_tables_upload_operation_total",
        ],
        where: ({ status = "" }) => status !== "success",
      },
      windowMs: 600_000,
    },
    raises: { over: 0 },
    raiseAfterMs: 0,
    clearAfterMs: 0,
  },
  {
    kind: "index-upload-failing",
    scope: "instance",
    unit: "count",
    measure: {
      of: "growth",
      series: {
        families: ["loki_tsdb_build_index_attempts_total"],
        where: ({ status = "" }) => status !== "success",
      },
      windowMs: 600_000,
    },
    raises: { over: 0 },
    raiseAfterMs: 0,
    clearAfterMs: 0,
  },
];
