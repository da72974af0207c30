import type { LokiRole, Site, SiteConfig } from "../../../src-shared/api/sites.api.ts";
import type { SiteId } from "../../../src-shared/model/ids.ts";
import type { Clock } from "../common/clock.ts";
import { createApiProxyTransport } from "./adapters/api-proxy-transport.ts";
import { createDirectTransport } from "./adapters/direct-transport.ts";
import type { SecretLookup } from "./adapters/direct-credentials.ts";
import type { ForwardState } from "./adapters/port-forward-target.ts";
import { createPortForwardTransport } from "./adapters/port-forward-transport.ts";
import type { UsableContext } from "./kubeconfig-model.ts";
import type { KubernetesClient } from "./kubernetes-client.ts";
import { LokiRouteTable } from "./loki-route-table.ts";
import type { LokiTransport } from "./loki-transport.ts";

type KubernetesConfig = Extract<SiteConfig, { kind: "kubernetes" }>;
type DirectConfig = Extract<SiteConfig, { kind: "direct" }>;

/** The table of routes of a context, after what a person has set for it. */
export function routeTableOf(
  client: KubernetesClient,
  context: UsableContext,
  config: KubernetesConfig | null,
  clock: Clock,
): LokiRouteTable {
  const namespace = config?.overrides.namespace ?? "";
  return new LokiRouteTable({
    client,
    clock,
    namespace: namespace === "" ? null : namespace,
    preferred: context.namespace,
    byHand: config?.overrides.routes,
  });
}

/** The way into a cluster that a person chose: the API server's proxy, or port-forwards. */
export function clusterTransport(
  site: SiteId,
  client: KubernetesClient,
  routes: LokiRouteTable,
  config: KubernetesConfig,
  clock: Clock,
  onState: (site: SiteId, state: Site["state"]) => void,
): LokiTransport {
  const { access, scheme, pathPrefix } = config.overrides;
  const common = { routes, scheme: scheme ?? "http", pathPrefix: pathPrefix ?? "", clock };
  if (access !== "port-forward") return createApiProxyTransport({ ...common, connection: client.connection });
  const states = new Map<LokiRole, ForwardState>();
  return createPortForwardTransport({
    ...common,
    client,
    onState: (role, state) => {
      states.set(role, state);
      onState(site, siteStateOf([...states.values()]));
    },
  });
}

/** The worst of the forwards that are in use; `idle` ones say nothing. */
function siteStateOf(states: readonly ForwardState[]): Site["state"] {
  const alive = states.includes("alive");
  if (states.includes("lost")) return alive ? "degraded" : "failed";
  if (states.includes("connecting")) return alive ? "ready" : "connecting";
  return alive ? "ready" : "idle";
}

export function directTransport(
  config: DirectConfig,
  options: { readonly secret: SecretLookup; readonly clock: Clock; readonly connectTimeoutMs: number },
): LokiTransport {
  const { url, tailUrl, auth, tls, headers } = config;
  return createDirectTransport({
    url,
    auth,
    ...options,
    ...(tailUrl === undefined ? {} : { tailUrl }),
    ...(tls === undefined ? {} : { tls }),
    ...(headers === undefined ? {} : { headers }),
  });
}
