import type { Site, SiteConfig } from "../../../src-shared/api/sites.api.ts";
import type { SiteId } from "../../../src-shared/model/ids.ts";
import type { Clock } from "../common/clock.ts";
import { fireAndForget, type Logger } from "../common/logger.ts";
import type { SecretLookup } from "./adapters/direct-credentials.ts";
import type { UsableContext } from "./kubeconfig-model.ts";
import type { KubernetesClient } from "./kubernetes-client.ts";
import type { LokiRouteTable } from "./loki-route-table.ts";
import type { LokiTransport } from "./loki-transport.ts";
import { clusterTransport, directTransport, routeTableOf } from "./site-routes.ts";

export interface SiteWaysOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly secret: SecretLookup;
  connectTimeoutMs(): number;
  onState(site: SiteId, state: Site["state"]): void;
}

interface Way {
  /** Of everything the transport was made from. */
  readonly made: string;
  readonly client: KubernetesClient | null;
  readonly transport: LokiTransport;
}

interface Table {
  readonly made: string;
  readonly client: KubernetesClient;
  readonly routes: LokiRouteTable;
}

/** One transport and one table of routes a site, kept until what they were made from changes. */
export class SiteWays implements AsyncDisposable {
  readonly #options: SiteWaysOptions;
  readonly #ways = new Map<SiteId, Way>();
  readonly #tables = new Map<SiteId, Table>();

  constructor(options: SiteWaysOptions) {
    this.#options = options;
  }

  direct(site: SiteId, config: Extract<SiteConfig, { kind: "direct" }>): LokiTransport {
    const { clock, secret } = this.#options;
    return this.#keep(site, JSON.stringify(config), null, () =>
      directTransport(config, { clock, secret, connectTimeoutMs: this.#options.connectTimeoutMs() }),
    );
  }

  cluster(
    context: UsableContext,
    client: KubernetesClient,
    config: Extract<SiteConfig, { kind: "kubernetes" }>,
  ): LokiTransport {
    const { clock } = this.#options;
    const routes = this.routes(context, client, config);
    return this.#keep(context.site, JSON.stringify(config), client, () =>
      clusterTransport(context.site, client, routes, config, clock, (site, state) =>
        this.#options.onState(site, state),
      ),
    );
  }

  routes(
    context: UsableContext,
    client: KubernetesClient,
    config: Extract<SiteConfig, { kind: "kubernetes" }> | null,
  ): LokiRouteTable {
    const made = JSON.stringify([context.namespace, config]);
    const known = this.#tables.get(context.site);
    if (known !== undefined && known.made === made && known.client === client) return known.routes;
    const routes = routeTableOf(client, context, config, this.#options.clock);
    this.#tables.set(context.site, { made, client, routes });
    return routes;
  }

  async drop(site: SiteId): Promise<void> {
    const way = this.#ways.get(site);
    this.#ways.delete(site);
    this.#tables.delete(site);
    await way?.transport[Symbol.asyncDispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#ways.keys()].map((site) => this.drop(site)));
  }

  #keep(site: SiteId, made: string, client: KubernetesClient | null, make: () => LokiTransport): LokiTransport {
    const known = this.#ways.get(site);
    if (known !== undefined && known.made === made && known.client === client) return known.transport;
    const transport = make();
    this.#ways.set(site, { made, client, transport });
    if (known !== undefined) {
      fireAndForget(
        Promise.resolve(known.transport[Symbol.asyncDispose]()),
        this.#options.logger,
        "closing a transport failed",
      );
    }
    return transport;
  }
}
