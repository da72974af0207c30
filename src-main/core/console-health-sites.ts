import { AppError } from "../../src-shared/errors/app-error.ts";
import type { SiteId } from "../../src-shared/model/ids.ts";
import { proxyRefusal, throughClusterFailure } from "./clusters/adapters/api-proxy-failure.ts";
import { statusFailure } from "./clusters/kubernetes-status.ts";
import type { KubernetesClient } from "./clusters/kubernetes-client.ts";
import type { SitesService } from "./clusters/sites.service.ts";
import type { ConsoleBase } from "./console-base.ts";
import type { HealthCluster, HealthSite } from "./health/health-site.ts";
import { readInventory } from "./health/inventory/read-inventory.ts";
import { podProxyActions } from "./health/operations/adapters/pod-proxy-actions.ts";
import { transportActions } from "./health/operations/adapters/transport-actions.ts";
import { workloadPatches } from "./health/operations/adapters/workload-patches.ts";
import { directTargets } from "./health/scraping/direct-targets.ts";
import { NodeZones } from "./health/scraping/node-zones.ts";
import { podTargets } from "./health/scraping/pod-targets.ts";
import { Scraper } from "./health/scraping/scraper.ts";

/** All of a site but its rounds, which each who opens it has for itself. */
type SiteWay = Omit<HealthSite, "rounds" | "source"> & { readonly source: "pods" | "direct" };

interface KnownWay {
  readonly made: string;
  readonly client: KubernetesClient | null;
  readonly way: SiteWay;
}

export interface HealthSitesOptions {
  readonly base: Pick<ConsoleBase, "clock" | "settings">;
  readonly sites: Pick<SitesService, "list" | "identity" | "transportFor" | "kubernetesFor" | "discoveryFor">;
}

/** Sites as their health is looked at, made once from each configuration: what they know of nodes and pods is shared. */
export class HealthSites {
  readonly #options: HealthSitesOptions;
  readonly #known = new Map<SiteId, KnownWay>();

  constructor(options: HealthSitesOptions) {
    this.#options = options;
  }

  /** @throws AppError `sites.unknown`, `kubeconfig.context-broken`, `health.no-targets`, `cluster.*` */
  async open(id: SiteId, signal: AbortSignal): Promise<HealthSite> {
    const way = await this.#way(id, signal);
    const { clock, settings } = this.#options.base;
    const scraper = new Scraper({
      clock,
      source: way.targets,
      intervalMs: settings.get("health.intervalSeconds") * 1_000,
      concurrency: settings.get("health.concurrency"),
    });
    return { ...way, rounds: scraper };
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
    const way =
      client === null
        ? await this.#direct(id, name)
        : await this.#cluster(id, name, client, config.kind === "kubernetes" ? config.overrides : {}, signal);
    this.#known.set(id, { made, client, way });
    return way;
  }

  async #direct(id: SiteId, name: string): Promise<SiteWay> {
    const transport = await this.#options.sites.transportFor(id);
    const targets = directTargets(transport);
    return { id, name, source: "direct", targets, transport, cluster: null, pods: transportActions(transport) };
  }

  async #cluster(
    id: SiteId,
    name: string,
    client: KubernetesClient,
    overrides: { readonly scheme?: "http" | "https"; readonly pathPrefix?: string },
    signal: AbortSignal,
  ): Promise<SiteWay> {
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
      source: "pods",
      targets: podTargets({ ...pods, clock: base.clock }),
      transport: await sites.transportFor(id),
      cluster,
      pods: podProxyActions(pods),
    };
  }
}
