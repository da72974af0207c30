import type { SiteId } from "../../../src-shared/model/ids.ts";
import { fireAndForget } from "../common/logger.ts";
import { ClusterConnection, type ConnectionOptions } from "./cluster-connection.ts";
import type { UsableContext } from "./kubeconfig-model.ts";
import { KubernetesClient } from "./kubernetes-client.ts";

interface Cluster {
  readonly fingerprint: string;
  readonly connection: ClusterConnection;
  readonly client: KubernetesClient;
}

/** One connection a cluster, made when it is first needed and made anew when its kubeconfig changes. */
export class SiteClusters implements AsyncDisposable {
  readonly #options: ConnectionOptions;
  readonly #clusters = new Map<SiteId, Cluster>();

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  client(context: UsableContext): KubernetesClient {
    const fingerprint = fingerprintOf(context);
    const known = this.#clusters.get(context.site);
    if (known?.fingerprint === fingerprint) {
      known.connection.adopt(context);
      return known.client;
    }
    if (known !== undefined) this.#drop(context.site, known);
    const connection = new ClusterConnection(context, this.#options);
    const client = new KubernetesClient(connection);
    this.#clusters.set(context.site, { fingerprint, connection, client });
    return client;
  }

  /** The kubeconfig files were read again: what is in use learns of new tokens, what is gone is closed. */
  refresh(find: (site: SiteId) => UsableContext | null | "not-in-files"): void {
    for (const [site, cluster] of this.#clusters) {
      const context = find(site);
      if (context === "not-in-files") continue;
      if (context !== null && fingerprintOf(context) === cluster.fingerprint) cluster.connection.adopt(context);
      else this.#drop(site, cluster);
    }
  }

  #drop(site: SiteId, cluster: Cluster): void {
    this.#clusters.delete(site);
    fireAndForget(
      cluster.connection[Symbol.asyncDispose](),
      this.#options.logger,
      "closing a cluster connection failed",
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const all = [...this.#clusters.values()];
    this.#clusters.clear();
    await Promise.all(all.map(({ connection }) => connection[Symbol.asyncDispose]()));
  }
}

/** OIDC tokens are left out: they are renewed all the time, and the connection stays what it is. */
export function fingerprintOf(context: UsableContext): string {
  const { oidc, ...user } = context.user;
  const stableOidc = oidc === null ? null : { ...oidc, idToken: "", refreshToken: "" };
  return JSON.stringify([context.name, context.cluster, user, stableOidc]);
}
