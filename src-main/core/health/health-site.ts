import type { SiteId } from "../../../src-shared/model/ids.ts";
import type { HEALTH_SOURCES } from "../../../src-shared/model/health/site-health.ts";
import type { LokiTransport } from "../clusters/loki-transport.ts";
import type { KubernetesClient } from "../clusters/kubernetes-client.ts";
import type { ClusterInventory } from "./inventory/cluster-inventory.ts";
import type { PodActions, WorkloadActions } from "./operations/pod-actions.ts";
import type { RoundSource } from "./scraping/round-source.ts";
import type { TargetSource } from "./scraping/scrape-target.ts";

/** One site as its health is looked at: whoever composes the console makes it of the site's cluster or URL. */
export interface HealthSite {
  readonly id: SiteId;
  /** As a person knows it. */
  readonly name: string;
  readonly source: (typeof HEALTH_SOURCES)[number];
  readonly rounds: RoundSource;
  /** The processes, to read their pages: rings, `/services`, `/config`. */
  readonly targets: TargetSource;
  readonly transport: LokiTransport;
  /** `null` for a site without a cluster. */
  readonly cluster: HealthCluster | null;
  /** To its processes; at a site without a cluster there is one, `all`. */
  readonly pods: PodActions;
}

export interface HealthCluster {
  readonly namespace: string;
  readonly client: KubernetesClient;
  /** As it is now; lists that may not be read are told apart. @throws AppError when nothing can be read at all */
  inventory(signal: AbortSignal): Promise<ClusterInventory>;
  readonly workloads: WorkloadActions;
}

/** Sites by id. @throws AppError `sites.unknown`, `sites.no-cluster`, `kubeconfig.context-broken`, `cluster.*` */
export type OpenHealthSite = (site: SiteId, signal: AbortSignal) => Promise<HealthSite>;
