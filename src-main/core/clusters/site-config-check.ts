import { LOKI_ROLES, type SiteConfig } from "../../../src-shared/api/sites.api.ts";
import { AppError } from "../../../src-shared/errors/app-error.ts";
import { tenantIdProblem } from "../../../src-shared/model/tenant-id.ts";
import { parsePrometheusAddress } from "./prometheus-address.ts";
import { parseRoute } from "./loki-routes.ts";

/** Headers that hold secrets, which belong into the secret store, or that only the Loki adapter may set. */
const FORBIDDEN_HEADERS = new Set(["x-scope-orgid", "authorization", "proxy-authorization", "cookie"]);
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const NAMESPACE = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** Refuses what a schema cannot see, with `sites.invalid` and the field, or `tenants.invalid`. */
export function checkSiteConfig(config: SiteConfig): void {
  for (const tenant of config.tenants ?? []) {
    const problem = tenantIdProblem(tenant);
    if (problem !== null)
      throw new AppError("tenants.invalid", { tenant: tenant.slice(0, 200), problem: problem.reason });
  }
  for (const { url } of config.traceLinks ?? []) checkTraceLink(url);
  checkPrometheus(config);
  if (config.kind === "kubernetes") checkOverrides(config.overrides);
  if (config.kind === "direct") checkDirect(config);
}

/** A link is opened by a click: only web addresses, and only with a place for the value. */
function checkTraceLink(text: string): void {
  const url = URL.parse(text.replaceAll("{value}", "value"));
  if (url === null || !/^https?:$/.test(url.protocol)) throw invalid("traceLinks", "http(s)://…");
  if (!text.includes("{value}")) throw invalid("traceLinks", "{value}");
}

function checkPrometheus({ kind, prometheus }: SiteConfig): void {
  if (prometheus === undefined || prometheus === "") return;
  const address = parsePrometheusAddress(prometheus);
  if (address === null) throw invalid("prometheus", "http(s)://host[:port][/prefix], namespace/service:port");
  // A Loki known by its URL alone has no cluster to reach a service in.
  if (kind === "direct" && address.kind === "service") throw invalid("prometheus", "http(s)://host[:port][/prefix]");
}

function checkOverrides(overrides: Extract<SiteConfig, { kind: "kubernetes" }>["overrides"]): void {
  const { namespace, pathPrefix, routes } = overrides;
  if (namespace !== undefined && namespace !== "" && !NAMESPACE.test(namespace)) throw invalid("namespace", namespace);
  if (pathPrefix !== undefined && pathPrefix !== "" && !/^\/[\w./~-]*$/.test(pathPrefix))
    throw invalid("pathPrefix", "/…");
  for (const role of LOKI_ROLES) {
    const route = routes?.[role];
    if (route !== undefined && route !== "") parseRoute(role, route);
  }
}

function checkDirect(config: Extract<SiteConfig, { kind: "direct" }>): void {
  if (config.name.trim() === "") throw invalid("name", "…");
  for (const [field, text] of [
    ["url", config.url],
    ["tailUrl", config.tailUrl ?? config.url],
  ] as const) {
    const url = URL.parse(text);
    if (url === null) throw invalid(field, "http(s)://host[:port][/prefix]");
    // The address is shown and kept in plain text.
    if (url.username !== "" || url.password !== "") throw invalid(field, "user:password@");
    if (url.search !== "" || url.hash !== "") throw invalid(field, "?…#…");
  }
  for (const [name, value] of Object.entries(config.headers ?? {})) {
    if (!HEADER_NAME.test(name) || FORBIDDEN_HEADERS.has(name.toLowerCase()))
      throw invalid("headers", name.slice(0, 100));
    if (!/^[\t\x20-\x7e]*$/.test(value)) throw invalid("headers", name.slice(0, 100));
  }
  const { certFile, keyFile } = config.tls ?? {};
  if ((certFile ?? "") === "" && (keyFile ?? "") !== "") throw invalid("certFile", "certFile + keyFile");
  if ((certFile ?? "") !== "" && (keyFile ?? "") === "") throw invalid("keyFile", "certFile + keyFile");
}

function invalid(field: string, problem: string): AppError<"sites.invalid"> {
  return new AppError("sites.invalid", { field, problem });
}
