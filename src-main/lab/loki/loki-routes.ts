import type { LokiTarget } from "../cluster/components.ts";

/** Pages that need neither a body nor a tenant's data. */
export type PageRoute =
  | {
      readonly part: "page";
      readonly kind:
        | "ready"
        | "services"
        | "metrics"
        | "config"
        | "tenant-limits"
        | "drilldown-limits"
        | "buildinfo"
        | "memberlist"
        | "gateway-root"
        | "flush"
        | "prepare-shutdown"
        | "tail";
    }
  | { readonly part: "page"; readonly kind: "shutdown" }
  | {
      readonly part: "page";
      readonly kind: "ring";
      readonly ring: "ingester" | "distributor" | "ruler" | "compactor" | "index-gateway" | "scheduler";
    };

/** The compactor's routes for delete requests; all parameters are in the URL. */
export interface DeleteRoute {
  readonly part: "delete";
  readonly kind: "deletes" | "ui-deletes" | "generation";
}

/** Routes that read a body and no tenant's data. */
export interface FormRoute {
  readonly part: "form";
  readonly kind: "push" | "legacy-push" | "log-level" | "format-query";
}

/** Routes that answer from a tenant's data. */
export type QueryRoute =
  | {
      readonly part: "query";
      readonly kind:
        | "query-range"
        | "query"
        | "legacy-query"
        | "labels"
        | "legacy-labels"
        | "series"
        | "index-stats"
        | "index-shards"
        | "volume"
        | "volume-range"
        | "detected-labels"
        | "detected-fields"
        | "patterns"
        | "rules"
        | "prometheus-rules"
        | "prometheus-alerts";
    }
  | {
      readonly part: "query";
      readonly kind: "label-values" | "legacy-label-values" | "detected-field-values";
      readonly name: string;
    };

/** What a path of Loki's API does, whichever target serves it. */
export type LokiRoute = PageRoute | DeleteRoute | FormRoute | QueryRoute;

interface RouteEntry {
  readonly path: RegExp;
  readonly methods: readonly string[];
  readonly targets: readonly LokiTarget[] | "every";
  readonly route: (match: RegExpExecArray) => LokiRoute;
}

const FRONT: readonly LokiTarget[] = ["all", "query-frontend", "gateway"];
const TAIL: readonly LokiTarget[] = ["all", "query-frontend", "querier", "gateway"];
const WRITE: readonly LokiTarget[] = ["all", "distributor", "gateway"];
const COMPACTOR: readonly LokiTarget[] = ["all", "compactor", "gateway"];
const GET = ["GET", "HEAD"];
const GET_POST = ["GET", "HEAD", "POST"];

function entry(path: string, methods: readonly string[], targets: RouteEntry["targets"], route: LokiRoute): RouteEntry {
  return { path: new RegExp(`^${path.replace(/\./g, "\\.")}$`), methods, targets, route: () => route };
}

const ROUTES: readonly RouteEntry[] = [
  entry("/ready", GET, "every", { part: "page", kind: "ready" }),
  entry("/services", GET, "every", { part: "page", kind: "services" }),
  entry("/metrics", GET, "every", { part: "page", kind: "metrics" }),
  entry("/config", GET, "every", { part: "page", kind: "config" }),
  entry("/config/tenant/v1/limits", GET, "every", { part: "page", kind: "tenant-limits" }),
  entry("/loki/api/v1/drilldown-limits", GET, "every", { part: "page", kind: "drilldown-limits" }),
  entry("/loki/api/v1/status/buildinfo", GET, "every", { part: "page", kind: "buildinfo" }),
  entry("/loki/api/v1/format_query", GET_POST, "every", { part: "form", kind: "format-query" }),
  entry("/log_level", GET_POST, "every", { part: "form", kind: "log-level" }),
  entry("/memberlist", GET, "every", { part: "page", kind: "memberlist" }),
  entry("/ring", GET_POST, ["all", "distributor", "ingester", "querier", "ruler", "gateway"], {
    part: "page",
    kind: "ring",
    ring: "ingester",
  }),
  entry("/distributor/ring", GET_POST, WRITE, { part: "page", kind: "ring", ring: "distributor" }),
  entry("/ruler/ring", GET_POST, ["all", "ruler", "gateway"], { part: "page", kind: "ring", ring: "ruler" }),
  entry("/compactor/ring", GET_POST, ["all", "compactor", "gateway"], {
    part: "page",
    kind: "ring",
    ring: "compactor",
  }),
  entry("/indexgateway/ring", GET_POST, ["all", "index-gateway", "ingester", "querier", "ruler", "gateway"], {
    part: "page",
    kind: "ring",
    ring: "index-gateway",
  }),
  entry("/scheduler/ring", GET_POST, ["all", "query-scheduler", "query-frontend", "querier", "gateway"], {
    part: "page",
    kind: "ring",
    ring: "scheduler",
  }),
  entry("/loki/api/v1/push", ["POST"], WRITE, { part: "form", kind: "push" }),
  entry("/api/prom/push", ["POST"], WRITE, { part: "form", kind: "legacy-push" }),
  entry("/flush", GET_POST, ["all", "ingester", "gateway"], { part: "page", kind: "flush" }),
  entry("/ingester/prepare_shutdown", ["GET", "HEAD", "POST", "DELETE"], ["all", "ingester", "gateway"], {
    part: "page",
    kind: "prepare-shutdown",
  }),
  entry("/ingester/shutdown", ["GET", "POST"], ["ingester"], { part: "page", kind: "shutdown" }),
  entry("/loki/api/v1/query_range", GET_POST, FRONT, { part: "query", kind: "query-range" }),
  entry("/loki/api/v1/query", GET_POST, FRONT, { part: "query", kind: "query" }),
  entry("/api/prom/query", GET_POST, FRONT, { part: "query", kind: "legacy-query" }),
  entry("/loki/api/v1/labels?", GET_POST, FRONT, { part: "query", kind: "labels" }),
  entry("/api/prom/label", GET_POST, FRONT, { part: "query", kind: "legacy-labels" }),
  entry("/(?:loki/api/v1|api/prom)/series", GET_POST, FRONT, { part: "query", kind: "series" }),
  entry("/loki/api/v1/index/stats", GET_POST, FRONT, { part: "query", kind: "index-stats" }),
  entry("/loki/api/v1/index/shards", GET_POST, FRONT, { part: "query", kind: "index-shards" }),
  entry("/loki/api/v1/index/volume", GET_POST, FRONT, { part: "query", kind: "volume" }),
  entry("/loki/api/v1/index/volume_range", GET_POST, FRONT, { part: "query", kind: "volume-range" }),
  entry("/loki/api/v1/detected_labels", GET_POST, FRONT, { part: "query", kind: "detected-labels" }),
  entry("/loki/api/v1/detected_fields", GET_POST, FRONT, { part: "query", kind: "detected-fields" }),
  entry("/loki/api/v1/patterns", GET_POST, FRONT, { part: "query", kind: "patterns" }),
  entry("/(?:loki/api/v1|api/prom)/tail", GET_POST, TAIL, { part: "page", kind: "tail" }),
  entry("/(?:loki/api/v1|api/prom)/rules", GET, ["all", "ruler", "gateway"], { part: "query", kind: "rules" }),
  entry("/prometheus/api/v1/rules", GET, ["all", "ruler", "gateway"], { part: "query", kind: "prometheus-rules" }),
  entry("/prometheus/api/v1/alerts", GET, ["all", "ruler", "gateway"], { part: "query", kind: "prometheus-alerts" }),
  entry("/loki/api/v1/delete", ["GET", "HEAD", "POST", "PUT", "DELETE"], COMPACTOR, {
    part: "delete",
    kind: "deletes",
  }),
  entry("/loki/api/v1/cache/generation_numbers", GET, COMPACTOR, { part: "delete", kind: "generation" }),
  entry("/compactor/ui/api/v1/deletes", GET_POST, COMPACTOR, { part: "delete", kind: "ui-deletes" }),
  entry("/", GET, ["gateway"], { part: "page", kind: "gateway-root" }),
  named("/loki/api/v1/label/([^/]+)/values", "label-values"),
  named("/api/prom/label/([^/]+)/values", "legacy-label-values"),
  named("/loki/api/v1/detected_field/([^/]+)/values", "detected-field-values"),
];

function named(path: string, kind: "label-values" | "legacy-label-values" | "detected-field-values"): RouteEntry {
  return {
    path: new RegExp(`^${path}$`),
    methods: GET_POST,
    targets: FRONT,
    route: (match) => ({ part: "query", kind, name: decodeURIComponent(match[1] ?? "") }),
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
