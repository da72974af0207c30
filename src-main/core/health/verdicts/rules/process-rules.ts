import type { Labels } from "../tracked-keys.ts";
import type { Measure } from "../measure.ts";
import type { Rule } from "../rule.ts";

/** Routes that serve nobody's request: the console's own scrapes, and streams that end by being cut. */
const NO_REQUESTS = new Set([
  "metrics",
  "ready",
  "other",
  "config",
  "loki_api_v1_tail",
  "/schedulerpb.SchedulerForQuerier/QuerierLoop",
  "/schedulerpb.SchedulerForFrontend/FrontendLoop",
  "/grpc.health.v1.Health/Check",
]);

const ofRequests = ({ route = "" }: Labels): boolean => !NO_REQUESTS.has(route);
/** `500` of HTTP, `5xx` of gRPC with an HTTP status inside, `error` of any other gRPC error (dskit's instrumentation). */
const failed = ({ status_code: status = "" }: Labels): boolean => /^5(\d\d|xx)$/.test(status) || status === "error";

const FAILING: Measure = {
  of: "share",
  part: { families: ["loki_request_duration_seconds_count"], where: (labels) => ofRequests(labels) && failed(labels) },
  whole: { families: ["loki_request_duration_seconds_count"], where: ofRequests },
  windowMs: 300_000,
  least: 50,
};

/** What is wrong with any process, whatever it runs. */
export const PROCESS_RULES: readonly Rule[] = [
  {
    kind: "panicked",
    scope: "instance",
    unit: "count",
    // Loki's own alert LokiRequestPanics looks back as far.
    measure: { of: "growth", series: { families: ["loki_panic_total"] }, windowMs: 600_000 },
    raises: { over: 0 },
    raiseAfterMs: 0,
    clearAfterMs: 0,
  },
  // A tenth, as in Loki's own alert LokiRequestErrors. What fails on all of them alike is none of one process.
  {
    kind: "requests-failing",
    scope: "instance",
    unit: "share",
    // Of few requests, a tenth may be chance.
    measure: { ...FAILING, least: 100 },
    by: { route: "route" },
    raises: { over: 0.1, timesMates: 3 },
    raiseAfterMs: 60_000,
    clearAfterMs: 60_000,
  },
  {
    kind: "requests-failing",
    scope: "component",
    unit: "share",
    measure: FAILING,
    by: { route: "route" },
    raises: { over: 0.1 },
    raiseAfterMs: 60_000,
    clearAfterMs: 60_000,
  },
  {
    kind: "reload-failed",
    scope: "instance",
    unit: "count",
    measure: {
      of: "level",
      series: { families: ["loki_runtime_config_last_reload_successful"] },
      combine: "least",
    },
    by: { config: "config" },
    params: { tenant: "" },
    raises: { under: 0.5 },
    raiseAfterMs: 20_000,
    clearAfterMs: 0,
  },
  {
    kind: "memberlist-sick",
    scope: "instance",
    unit: "count",
    // 0 is good; each failed probe adds to it.
    measure: {
      of: "level",
      series: { families: ["loki_memberlist_client_cluster_node_health_score"] },
      combine: "greatest",
    },
    raises: { over: 0 },
    raiseAfterMs: 60_000,
    clearAfterMs: 60_000,
  },
  {
    kind: "memory-high",
    scope: "instance",
    unit: "bytes",
    measure: { of: "level", series: { families: ["process_resident_memory_bytes"] }, combine: "greatest" },
    raises: {
      mates: { ratio: 2, score: 6, least: 512 * 2 ** 20, noise: 0.1, floor: 2 ** 20 },
      past: { ratio: 2.5, score: 6, least: 512 * 2 ** 20, noise: 0.1, floor: 2 ** 20 },
    },
    raiseAfterMs: 120_000,
    clearAfterMs: 120_000,
  },
  {
    kind: "goroutines-growing",
    scope: "instance",
    unit: "count",
    measure: { of: "level", series: { families: ["go_goroutines"] }, combine: "greatest" },
    raises: {
      mates: { ratio: 4, score: 6, least: 1_000, noise: 0.15, floor: 50 },
      past: { ratio: 4, score: 6, least: 1_000, noise: 0.15, floor: 50 },
    },
    raiseAfterMs: 120_000,
    clearAfterMs: 120_000,
  },
];
