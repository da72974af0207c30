import { AppError } from "../../../src-shared/errors/app-error.ts";
import { LOKI_ROLES, type LokiComponentName, type LokiRole } from "../../../src-shared/api/sites.api.ts";
import type { DiscoveredComponent, Discovery } from "./loki-discovery.ts";

/** Where requests of one role go inside the cluster. */
export type LokiRoute =
  | {
      readonly kind: "service";
      readonly namespace: string;
      readonly service: string;
      readonly port: string;
      /** For a port-forward, which knows only pods; `null` for a route by hand, whose pods are looked up. */
      readonly component: LokiComponentName | null;
    }
  | { readonly kind: "pod"; readonly namespace: string; readonly pod: string; readonly port: string };

export type LokiRoutes = Readonly<Partial<Record<LokiRole, LokiRoute>>>;

/**
 * Which components answer a role, best first. The query frontend knows no tail (404). The gateway sends ring, flush and
 * configuration to one pod of its choice, so it is never used for `admin`.
 */
const ORDER: Readonly<Record<LokiRole, readonly LokiComponentName[]>> = {
  query: ["query-frontend", "read", "single-binary", "querier", "gateway"],
  tail: ["querier", "read", "single-binary", "gateway"],
  push: ["distributor", "write", "single-binary", "gateway"],
  admin: [
    "single-binary",
    "backend",
    "querier",
    "query-frontend",
    "read",
    "write",
    "distributor",
    "ingester",
    "compactor",
  ],
};

/** The routes of what was found, each overridden by what a person set. Throws `sites.invalid` for a route in a wrong form. */
export function routesOf(
  discovery: Discovery | null,
  byHand: Readonly<Partial<Record<LokiRole, string | undefined>>> | undefined,
): LokiRoutes {
  const routes: Partial<Record<LokiRole, LokiRoute>> = {};
  for (const role of LOKI_ROLES) {
    const text = byHand?.[role];
    const route = text === undefined || text === "" ? foundRoute(discovery, role) : parseRoute(role, text);
    if (route !== null) routes[role] = route;
  }
  return routes;
}

function foundRoute(discovery: Discovery | null, role: LokiRole): LokiRoute | null {
  const candidates = ORDER[role].flatMap((name) => discovery?.components.filter((found) => found.name === name) ?? []);
  const best = candidates.find((candidate) => isReady(candidate)) ?? candidates[0];
  if (best === undefined) return null;
  if (role !== "admin" && best.service !== null) {
    const { name, port } = best.service;
    return { kind: "service", namespace: best.namespace, service: name, port: String(port), component: best.name };
  }
  const pod = best.pods.find((candidate) => candidate.ready) ?? best.pods[0];
  if (pod === undefined) return null;
  return { kind: "pod", namespace: best.namespace, pod: pod.name, port: String(best.podPort) };
}

function isReady(component: DiscoveredComponent): boolean {
  return component.pods.some((pod) => pod.ready);
}

const NAME = "[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?";
const SERVICE_ROUTE = new RegExp(`^(${NAME})/(${NAME}):([a-z0-9-]{1,15}|\\d{1,5})$`);
const POD_ROUTE = new RegExp(`^(${NAME})/pod/(${NAME}):([a-z0-9-]{1,15}|\\d{1,5})$`);

/** `namespace/service:port` or `namespace/pod/name:port`; a port is a number or a name. */
export function parseRoute(role: LokiRole, text: string): LokiRoute {
  const pod = POD_ROUTE.exec(text);
  if (pod !== null) return { kind: "pod", namespace: pod[1] ?? "", pod: pod[2] ?? "", port: pod[3] ?? "" };
  const service = SERVICE_ROUTE.exec(text);
  if (service === null) {
    throw new AppError("sites.invalid", {
      field: `routes.${role}`,
      problem: "namespace/service:port, namespace/pod/name:port",
    });
  }
  const [, namespace = "", name = "", port = ""] = service;
  return { kind: "service", namespace, service: name, port, component: null };
}

/** `loki/loki-query-frontend:3100`, as a person would write it. */
export function describeRoute(route: LokiRoute): string {
  return route.kind === "service"
    ? `${route.namespace}/${route.service}:${route.port}`
    : `${route.namespace}/pod/${route.pod}:${route.port}`;
}
