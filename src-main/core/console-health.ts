import { AppError } from "../../src-shared/errors/app-error.ts";
import type { SiteId } from "../../src-shared/model/ids.ts";
import { proxyRefusal, throughClusterFailure } from "./clusters/adapters/api-proxy-failure.ts";
import type { SitesService } from "./clusters/sites.service.ts";
import type { ConsoleBase } from "./console-base.ts";
import type { HealthParts } from "./health/health-parts.ts";
import type { HealthCluster, HealthSite } from "./health/health-site.ts";
import { HealthService } from "./health/health.service.ts";
import { readInventory } from "./health/inventory/read-inventory.ts";
import type { OperationDesk } from "./health/operations/operation-desk.ts";
import { directTargets } from "./health/scraping/direct-targets.ts";
import { podTargets } from "./health/scraping/pod-targets.ts";
import { Scraper } from "./health/scraping/scraper.ts";
import type { JobEngine } from "./jobs/job-engine.ts";

export interface ConsoleHealth {
  readonly service: HealthService;
  readonly operations: OperationDesk;
}

export interface HealthDomain {
  readonly base: ConsoleBase;
  readonly sites: SitesService;
}

/** The health of a profile's sites. */
export function openConsoleHealth(domain: HealthDomain, opened: AsyncDisposableStack): HealthService {
  const { base, sites } = domain;
  const { profile, clock, announcements } = base;
  const logger = base.logger.child("health");
  const service = opened.use(
    new HealthService({
      directory: profile.file("health"),
      open: (site, signal) => openHealthSite(domain, site, signal),
      identify: (site) => sites.identity(site),
      bucketOf: () => Promise.reject(new AppError("health.nobody-tells", { what: "bucket" })),
      parts: healthParts(),
      settings: () => ({ intervalMs: 15_000, historyMs: 6 * 3_600_000 }),
      clock,
      logger,
      announcer: announcements,
    }),
  );
  return service;
}

/** Operations run as jobs; the engine knows their definition from its making on. */
export function operationDesk(_health: HealthService, _jobs: JobEngine): OperationDesk {
  return {
    plan: () => Promise.reject(unbuilt("operations")),
    apply: () => Promise.reject(unbuilt("operations")),
    deleteRequests: () => Promise.reject(unbuilt("deletes")),
  };
}

function healthParts(): HealthParts {
  return {
    makeJudge: () => ({
      round: ({ atMs }) => ({ atMs, instances: [], components: [], causes: [], changes: [] }),
    }),
    makeMeter: () => ({ round: () => undefined, topology: () => ({ atMs: null, edges: [] }) }),
    evidenceHistory: (_history, _verdicts, { kind }) => Promise.reject(unbuilt(kind)),
    readRings: () => Promise.reject(unbuilt("rings")),
    readInstance: (_site, instance) => Promise.reject(unbuilt(instance)),
    readConfig: (_site, instance) => Promise.reject(unbuilt(instance)),
  };
}

function unbuilt(what: string): AppError {
  return new AppError("health.nobody-tells", { what });
}

/** A site as its health is looked at. @throws AppError as `OpenHealthSite` says */
async function openHealthSite({ base, sites }: HealthDomain, id: SiteId, signal: AbortSignal): Promise<HealthSite> {
  const { clock } = base;
  const { sites: known } = await sites.list();
  const found = known.find((site) => site.id === id);
  if (found === undefined) throw new AppError("sites.unknown", { site: id });
  const { name, config } = found;
  const transport = await sites.transportFor(id);
  const pods = { send: () => Promise.reject(unbuilt("pod actions")) };
  if (config.kind === "direct") {
    const targets = directTargets(transport);
    const rounds = new Scraper({ clock, source: targets });
    return { id, name, source: "direct", rounds, targets, transport, cluster: null, pods };
  }
  const client = await sites.kubernetesFor(id);
  const overrides = config.kind === "kubernetes" ? config.overrides : {};
  const discover = (inner: AbortSignal) => sites.discoveryFor(id, inner);
  const targets = podTargets({
    client,
    discover,
    clock,
    scheme: overrides.scheme ?? "http",
    pathPrefix: overrides.pathPrefix ?? "",
    refusal: proxyRefusal,
    failure: throughClusterFailure,
  });
  const discovery = await discover(signal);
  const cluster: HealthCluster = {
    namespace: discovery?.namespace ?? "",
    client,
    inventory: async (inner) => readInventory(client, await discover(inner), clock, inner),
    workloads: {
      restart: () => Promise.reject(unbuilt("workload actions")),
      scale: () => Promise.reject(unbuilt("workload actions")),
    },
  };
  const rounds = new Scraper({ clock, source: targets });
  return { id, name, source: "pods", rounds, targets, transport, cluster, pods };
}
