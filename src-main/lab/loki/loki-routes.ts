import type { LokiTarget } from "../cluster/components.ts";

/** What a path of Loki's API does, whichever target serves it. */
export type LokiRoute =
  | { readonly kind: "ready" | "services" | "metrics" | "config" | "tenant-limits" | "drilldown-limits" | "buildinfo" }
  | { readonly kind: "log-level" | "format-query" | "memberlist" | "push" | "legacy-push" | "flush" | "prepare-shutdown" | "gateway-root" }
  | { readonly kind: "ring"; readonly ring: "ingester" | "distributor" | "ruler" | "compactor" | "index-gateway" | "scheduler" }
  | { readonly kind: "query-range" | "query" | "legacy-query" | "labels" | "legacy-labels" | "series" | "index-stats" | "index-shards" }
  | { readonly kind: "volume" | "volume-range" | "detected-labels" | "detected-fields" | "patterns" | "tail" }
  | { readonly kind: "rules" | "prometheus-rules" | "prometheus-alerts" | "deletes" }
  | { readonly kind: "label-values" | "legacy-label-values" | "detected-field-values"; readonly name: string };

interface RouteEntry {
  readonly path: RegExp;
  readonly methods: readonly string[];
  readonly targets: readonly LokiTarget[] | "every";
  readonly route: (match: RegExpExecArray) => LokiRoute;
}

const FRONT: readonly LokiTarget[] = ["all", "query-frontend", "gateway"];
const TAIL: readonly LokiTarget[] = ["all", "query-frontend", "querier", "gateway"];
const WRITE: readonly LokiTarget[] = ["all", "distributor", "gateway"];
const GET = ["GET", "HEAD"];
const GET_POST = ["GET", "HEAD", "POST"];

function entry(path: string, methods: readonly string[], targets: RouteEntry["targets"], route: LokiRoute): RouteEntry {
  return { path: new RegExp(`^${path.replace(/\./g, "\\.")}$`), methods, targets, route: () => route };
}

const ROUTES: readonly RouteEntry[] = [
  entry("/ready", GET, "every", { kind: "ready" }),
  entry("/services", GET, "every", { kind: "services" }),
  entry("/metrics", GET, "every", { kind: "metrics" }),
  entry("/config", GET, "every", { kind: "config" }),
  entry("/config/tenant/v1/limits", GET, "every", { kind: "tenant-limits" }),
  entry("/loki/api/v1/drilldown-limits", GET, "every", { kind: "drilldown-limits" }),
  entry("/loki/api/v1/status/buildinfo", GET, "every", { kind: "buildinfo" }),
  entry("/loki/api/v1/format_query", GET_POST, "every", { kind: "format-query" }),
  entry("/log_level", GET_POST, "every", { kind: "log-level" }),
  entry("/memberlist", GET, "every", { kind: "memberlist" }),
  entry("/ring", GET_POST, ["all", "distributor", "ingester", "querier", "ruler", "gateway"], { kind: "ring", ring: "ingester" }),
  entry("/distributor/ring", GET_POST, WRITE, { kind: "ring", ring: "distributor" }),
  entry("/ruler/ring", GET_POST, ["all", "ruler", "gateway"], { kind: "ring", ring: "ruler" }),
  entry("/compactor/ring", GET_POST, ["all", "compactor", "gateway"], { kind: "ring", ring: "compactor" }),
  entry("/indexgateway/ring", GET_POST, ["all", "index-gateway", "ingester", "querier", "ruler", "gateway"], { kind: "ring", ring: "index-gateway" }),
  entry("/scheduler/ring", GET_POST, ["all", "query-scheduler", "query-frontend", "querier", "gateway"], { kind: "ring", ring: "scheduler" }),
  entry("/loki/api/v1/push", ["POST"], WRITE, { kind: "push" }),
  entry("/api/prom/push", ["POST"], WRITE, { kind: "legacy-push" }),
  entry("/flush", GET_POST, ["all", "ingester", "gateway"], { kind: "flush" }),
  entry("/ingester/prepare_shutdown", GET, ["all", "ingester", "gateway"], { kind: "prepare-shutdown" }),
  entry("/loki/api/v1/query_range", GET_POST, FRONT, { kind: "query-range" }),
  entry("/loki/api/v1/query", GET_POST, FRONT, { kind: "query" }),
  entry("/api/prom/query", GET_POST, FRONT, { kind: "legacy-query" }),
  entry("/loki/api/v1/labels?", GET_POST, FRONT, { kind: "labels" }),
  entry("/api/prom/label", GET_POST, FRONT, { kind: "legacy-labels" }),
  entry("/(?:loki/api/v1|api/prom)/series", GET_POST, FRONT, { kind: "series" }),
  entry("/loki/api/v1/index/stats", GET_POST, FRONT, { kind: "index-stats" }),
  entry("/loki/api/v1/index/shards", GET_POST, FRONT, { kind: "index-shards" }),
  entry("/loki/api/v1/index/volume", GET_POST, FRONT, { kind: "volume" }),
  entry("/loki/api/v1/index/volume_range", GET_POST, FRONT, { kind: "volume-range" }),
  entry("/loki/api/v1/detected_labels", GET_POST, FRONT, { kind: "detected-labels" }),
  entry("/loki/api/v1/detected_fields", GET_POST, FRONT, { kind: "detected-fields" }),
  entry("/loki/api/v1/patterns", GET_POST, FRONT, { kind: "patterns" }),
  entry("/(?:loki/api/v1|api/prom)/tail", GET_POST, TAIL, { kind: "tail" }),
  entry("/(?:loki/api/v1|api/prom)/rules", GET, ["all", "ruler", "gateway"], { kind: "rules" }),
  entry("/prometheus/api/v1/rules", GET, ["all", "ruler", "gateway"], { kind: "prometheus-rules" }),
  entry("/prometheus/api/v1/alerts", GET, ["all", "ruler", "gateway"], { kind: "prometheus-alerts" }),
  entry("/loki/api/v1/delete", GET, ["all", "compactor", "gateway"], { kind: "deletes" }),
  entry("/", GET, ["gateway"], { kind: "gateway-root" }),
  named("/loki/api/v1/label/([^/]+)/values", "label-values"),
  named("/api/prom/label/([^/]+)/values", "legacy-label-values"),
  named("/loki/api/v1/detected_field/([^/]+)/values", "detected-field-values"),
];

function named(path: string, kind: "label-values" | "legacy-label-values" | "detected-field-values"): RouteEntry {
  return {
    path: new RegExp(`^${path}$`),
    methods: GET_POST,
    targets: FRONT,
    route: (match) => ({ kind, name: decodeURIComponent(match[1] ?? "") }),
  };
}

/** The route of a request on one target; `not-found`, or `wrong-method` where Loki's router tells the two apart. */
export function findRoute(target: LokiTarget, method: string, path: string): LokiRoute | "not-found" | "wrong-method" {
  for (const { path: pattern, methods, targets, route } of ROUTES) {
    const match = pattern.exec(path);
    if (match === null || (targets !== "every" && !targets.includes(target))) continue;
    if (targets === "every" && target === "gateway" && path !== "/config" && path !== "/memberlist") continue;
    if (!methods.includes(method)) return path === "/loki/api/v1/push" ? "wrong-method" : "not-found";
    return route(match);
  }
  return "not-found";
}
