import { AppError } from "../../src-shared/errors/app-error.ts";
import { siteIdSchema, type SiteId } from "../../src-shared/model/ids.ts";
import type { HealthSite } from "../../src-main/core/health/health-site.ts";
import { Scraper } from "../../src-main/core/health/scraping/scraper.ts";
import type { SiteIdentity } from "../../src-main/core/health/watch/site-watch.ts";
import type { LokiTransport } from "../../src-main/core/clusters/loki-transport.ts";
import { ClusterSimulation } from "../../src-main/lab/metrics/cluster-simulation.ts";
import { expositionText } from "../../src-main/lab/metrics/series-registry.ts";
import type { ManualClock } from "./manual-clock.ts";
import { hanging, notFound, plain, ScriptedTarget } from "./scrape-targets.ts";
import { simulatedPods } from "./simulated-rounds.ts";

/** A site of a test: the lab's simulated Loki, asked pod by pod on a clock that stands still until it is told to move. */
export class SimulatedSite {
  readonly id: SiteId;
  readonly simulation: ClusterSimulation;
  readonly targets: readonly ScriptedTarget[];
  readonly forbidden = new Set<string>();
  readonly hanging = new Set<string>();
  identity: SiteIdentity;
  /** Why it cannot be opened now. */
  refusal: AppError | null = null;
  /** Whether it was removed. */
  removed = false;
  opened = 0;
  readonly #clock: ManualClock;
  readonly #intervalMs: number;

  constructor(id: string, clock: ManualClock, intervalMs = 5_000) {
    this.id = siteIdSchema.parse(id);
    this.identity = { name: `the site ${id}`, place: "here", made: "1" };
    this.#clock = clock;
    this.#intervalMs = intervalMs;
    const pods = simulatedPods().filter(({ target }) => ["ingester", "distributor", "querier"].includes(target));
    this.simulation = new ClusterSimulation(1, simulatedPods(), clock.nowMs());
    this.targets = pods.map(({ name, target }) => {
      const scripted = new ScriptedTarget(name, (request) => {
        if (this.hanging.has(name)) return hanging(request);
        if (this.forbidden.has(name)) {
          const params = { verb: "get", resource: "pods/proxy", namespace: "loki" };
          return Promise.reject(new AppError("cluster.forbidden", params));
        }
        const nowMs = clock.nowMs();
        if (request.path === "/metrics")
          return Promise.resolve(plain(200, expositionText(this.simulation.families(name, nowMs))));
        return Promise.resolve(request.path === "/ready" ? plain(200, "ready\n") : notFound());
      });
      return Object.defineProperty(scripted, "component", { value: target });
    });
  }

  get ingesters(): readonly string[] {
    return this.targets.filter(({ component }) => component === "ingester").map(({ instance }) => instance);
  }

  identify(): Promise<SiteIdentity> {
    if (this.removed) return Promise.reject(new AppError("sites.unknown", { site: this.id }));
    return Promise.resolve(this.identity);
  }

  open(): Promise<HealthSite> {
    this.opened += 1;
    if (this.removed) return Promise.reject(new AppError("sites.unknown", { site: this.id }));
    if (this.refusal !== null) return Promise.reject(this.refusal);
    const targets = { targets: () => Promise.resolve(this.targets) };
    return Promise.resolve({
      id: this.id,
      name: this.identity.name,
      source: "pods",
      rounds: new Scraper({ clock: this.#clock, source: targets, intervalMs: this.#intervalMs }),
      targets,
      transport: NO_TRANSPORT,
      cluster: null,
      pods: { send: () => Promise.reject(new AppError("sites.no-cluster", { site: this.id })) },
    });
  }
}

const NO_TRANSPORT: LokiTransport = {
  request: () => Promise.reject(new AppError("loki.unreachable", { host: "nowhere", problem: "" })),
  socket: () => Promise.reject(new AppError("loki.unreachable", { host: "nowhere", problem: "" })),
  describe: () => "nowhere",
  [Symbol.asyncDispose]: () => Promise.resolve(),
};
