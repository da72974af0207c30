import { AppError } from "../../src-shared/errors/app-error.ts";
import type { SiteId } from "../../src-shared/model/ids.ts";
import { proxyRefusal, throughClusterFailure } from "./clusters/adapters/api-proxy-failure.ts";
import { createDirectTransport } from "./clusters/adapters/direct-transport.ts";
import { statusFailure } from "./clusters/kubernetes-status.ts";
import type { KubernetesClient } from "./clusters/kubernetes-client.ts";
import { parsePrometheusAddress } from "./clusters/prometheus-address.ts";
import type { SitesService } from "./clusters/sites.service.ts";
import { fireAndForget } from "./common/logger.ts";
import type { ConsoleBase } from "./console-base.ts";
import type { HealthCluster, HealthSite } from "./health/health-site.ts";
import { readInventory } from "./health/inventory/read-inventory.ts";
import { podProxyActions } from "./health/operations/adapters/pod-proxy-actions.ts";
import { transportActions } from "./health/operations/adapters/transport-actions.ts";
import { workloadPatches } from "./health/operations/adapters/workload-patches.ts";
import { clusterPrometheus, directPrometheus } from "./health/prometheus/prometheus-adapters.ts";
import type { PrometheusQuery } from "./health/prometheus/prometheus-query.ts";
import { PrometheusRounds } from "./health/prometheus/prometheus-rounds.ts";
import { directTargets } from "./health/scraping/direct-targets.ts";
import { NodeZones } from "./health/scraping/node-zones.ts";
import { podTargets } from "./health/scraping/pod-targets.ts";
import { Scraper } from "./health/scraping/scraper.ts";

/** All of a site but its rounds, which each who opens it has for itself. */
type WayParts = Omit<HealthSite, "rounds" | "source">;

interface SiteWay extends WayParts {
  /** Where its metrics are read from instead of its processes. */
  readonly prometheus: PrometheusQuery | null;
  /** What was opened for it. */
  readonly opened: AsyncDisposableStack;
}

interface KnownWay {
  readonly made: string;
  readonly client: KubernetesClient | null;
  readonly way: SiteWay;
}

export interface HealthSitesOptions {
  readonly base: Pick<ConsoleBase, "clock" | "settings" | "logger">;
  readonly sites: Pick<SitesService, "list" | "identity" | "transportFor" | "kubernetesFor" | "discoveryFor">;
  readonly intervalMs: () => number;
}

/** Sites as their health is looked at, made once from each configuration: what they know of nodes and pods is shared. */
export class HealthSites implements AsyncDisposable {
  readonly #options: HealthSitesOptions;
  readonly #known = new Map<SiteId, KnownWay>();

  constructor(options: HealthSitesOptions) {
    this.#options = options;
  }

  /** @throws AppError `sites.unknown`, `kubeconfig.context-broken`, `health.no-targets`, `cluster.*` */
  async open(id: SiteId, signal: AbortSignal): Promise<HealthSite> {
    const { opened: _opened, prometheus, ...way } = await this.#way(id, signal);
    const { clock, settings } = this.#options.base;
    const intervalMs = this.#options.intervalMs();
    const { targets, cluster } = way;
    if (prometheus !== null) {
      const namespace = cluster?.namespace ?? null;
      // A Loki that is known by its URL alone is one process there and many here.
      const tellers = cluster === null ? {} : { targets };
      const rounds = new PrometheusRounds({ prometheus, namespace, clock, intervalMs, ...tellers });
      return { ...way, source: "prometheus", rounds };
    }
    const concurrency = settings.get("health.concurrency");
    const rounds = new Scraper({ clock, source: targets, intervalMs, concurrency });
    return { ...way, source: cluster === null ? "direct" : "pods", rounds };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const all = [...this.#known.values()];
    this.#known.clear();
    await Promise.all(all.map(({ way }) => way.opened.disposeAsync()));
  }

  async #way(id: SiteId, signal: AbortSignal): Promise<SiteWay> {
    const { sites } = this.#options;
    const { sites: listed } = await sites.list();
    const found = listed.find((site) => site.id === id);
    if (found === undefined) {
      this.#known.delete(id);
      throw new AppError("sites.unknown", { site: id });
    }
    const { made } = await sites.identity(id);
    const { config, name } = found;
    const client = config.kind === "direct" ? null : await sites.kubernetesFor(id);
    const known = this.#known.get(id);
    if (known !== undefined && known.made === made && known.client === client) return known.way;
    const overrides = config.kind === "kubernetes" ? config.overrides : {};
    await using stack = new AsyncDisposableStack();
    const prometheus = this.#prometheus(config.prometheus ?? "", client, stack);
    const parts =
      client === null ? await this.#direct(id, name) : await this.#cluster(id, name, client, overrides, signal);
    const way = { ...parts, prometheus, opened: stack.move() };
    const before = this.#known.get(id);
    this.#known.set(id, { made, client, way });
    if (before !== undefined)
      fireAndForget(before.way.opened.disposeAsync(), this.#options.base.logger, "closing an old way failed");
    return way;
  }

  /** A Prometheus at a URL gets no credentials of the site's: those are Loki's. */
  #prometheus(address: string, client: KubernetesClient | null, stack: AsyncDisposableStack): PrometheusQuery | null {
    const parsed = address === "" ? null : parsePrometheusAddress(address);
    if (parsed === null) return null;
    if (parsed.kind === "url") {
      const { clock, settings } = this.#options.base;
      const transport = createDirectTransport({
        url: parsed.url,
        auth: { kind: "none" },
        secret: () => Promise.resolve(null),
        clock,
        connectTimeoutMs: settings.get("sites.connectTimeoutSeconds") * 1_000,
      });
      return directPrometheus(stack.use(transport));
    }
    if (client === null) return null;
    const { namespace, service, port } = parsed;
    const { connection } = client;
    const failures = { refusal: proxyRefusal, failure: throughClusterFailure };
    return clusterPrometheus({ connection, namespace, service, port, ...failures });
  }

  async #direct(id: SiteId, name: string): Promise<WayParts> {
    const transport = await this.#options.sites.transportFor(id);
    const targets = directTargets(transport);
    return { id, name, targets, transport, cluster: null, pods: transportActions(transport) };
  }

  async #cluster(
    id: SiteId,
    name: string,
    client: KubernetesClient,
    overrides: { readonly scheme?: "http" | "https"; readonly pathPrefix?: string },
    signal: AbortSignal,
  ): Promise<WayParts> {
    const { sites, base } = this.#options;
    const discover = (inner: AbortSignal) => sites.discoveryFor(id, inner);
    const pods = {
      client,
      discover,
      scheme: overrides.scheme ?? "http",
      pathPrefix: overrides.pathPrefix ?? "",
      refusal: proxyRefusal,
      failure: throughClusterFailure,
    };
    const discovery = await discover(signal);
    if (discovery === null) throw new AppError("health.no-targets", { site: name });
    const zones = new NodeZones(client.connection, base.clock);
    const cluster: HealthCluster = {
      namespace: discovery.namespace,
      client,
      inventory: async (inner) => readInventory(client, await discover(inner), base.clock, inner, zones),
      workloads: workloadPatches(client, statusFailure),
    };
    return {
      id,
      name,
      targets: podTargets({ ...pods, clock: base.clock }),
      transport: await sites.transportFor(id),
      cluster,
      pods: podProxyActions(pods),
    };
  }
}
