import type { LogTarget } from "../../src-shared/api/log-target.ts";
import type { LokiComponentName } from "../../src-shared/api/sites.api.ts";
import { isAppError } from "../../src-shared/errors/app-error.ts";
import { secretRefSchema, type SiteId } from "../../src-shared/model/ids.ts";
import type { Prices } from "../../src-shared/model/tenants/usage.ts";
import type { SitesService } from "./clusters/sites.service.ts";
import { fireAndForget } from "./common/logger.ts";
import type { WorkerLocator } from "./common/worker-entry.ts";
import type { ConsoleBase } from "./console-base.ts";
import type { LogSource } from "./logs/log-source.ts";
import type { SettingsService } from "./settings/settings.service.ts";
import { LedgerThread } from "./tenants/ledger/ledger-thread.ts";
import { OwnCosts } from "./tenants/quotas/own-costs.ts";
import { Backlog } from "./tenants/usage/backlog.ts";
import { CollectedSites } from "./tenants/usage/collect/collected-sites.ts";
import { CollectingRounds } from "./tenants/usage/collect/collecting-rounds.ts";
import { FrontendCollector } from "./tenants/usage/collect/frontend-collector.ts";
import { CostLedger } from "./tenants/usage/cost-ledger.ts";
import { LEDGER_PASSWORD, ledgerPlace } from "./tenants/usage/ledger-place.ts";
import { LedgerPurge } from "./tenants/usage/ledger-purge.ts";
import { createUsageExportJob } from "./tenants/usage/usage-export.job.ts";
import { UsageService } from "./tenants/usage/usage.service.ts";

export interface UsageDomain {
  readonly base: ConsoleBase;
  readonly sites: SitesService;
  readonly openSource: (target: LogTarget, signal: AbortSignal) => Promise<LogSource>;
  readonly locateWorker: WorkerLocator;
}

export interface ConsoleUsage {
  readonly ledger: CostLedger;
  readonly service: UsageService;
  readonly job: ReturnType<typeof createUsageExportJob>;
}

const BACKLOG_BYTES = 256 * 2 ** 20;
const BACKLOG_SEGMENT_BYTES = 4 * 2 ** 20;
/** Who asks for the lines that tell what others asked. */
const COLLECTOR = "kubemate-collector";
/** The parts in which a query frontend runs. */
const WITH_FRONTEND: ReadonlySet<LokiComponentName> = new Set(["query-frontend", "read", "single-binary"]);

/** What queries cost: the ledger of a profile, its reports, and what others asked. */
export function openConsoleUsage(domain: UsageDomain, opened: AsyncDisposableStack): ConsoleUsage {
  const { base, sites } = domain;
  const { clock, profile, settings } = base;
  const logger = base.logger.child("usage");
  const backlog = new Backlog({
    directory: profile.file("ledger-backlog"),
    maxBytes: BACKLOG_BYTES,
    segmentBytes: BACKLOG_SEGMENT_BYTES,
  });
  const ledger = opened.use(openCostLedger(domain, backlog));
  opened.defer(settings.onChange("tenants.ledger", () => fireAndForget(ledger.moved(), logger, "moving the ledger")));
  const { collector, collected } = openCollector(domain, ledger);
  opened.use(
    new CollectingRounds({
      collector,
      sites: async () => {
        const list = await sites.list();
        return list.sites.filter(({ state }) => state === "ready" || state === "degraded").map(({ id }) => id);
      },
      everyMs: () => settings.get("tenants.collectMinutes") * 60_000,
      clock,
      logger,
    }),
  );
  opened.use(
    new LedgerPurge({
      ledger,
      keep: () => ({ costDays: settings.get("tenants.costDays"), sumMonths: settings.get("tenants.sumMonths") }),
      clock,
      logger,
    }),
  );
  const service = new UsageService({
    ledger,
    collector,
    collected,
    prices: () => usagePrices(settings),
    clock,
  });
  return { ledger, service, job: createUsageExportJob(ledger) };
}

/** As they are set now. */
export function usagePrices(settings: Pick<SettingsService, "get">): Prices {
  return {
    currency: settings.get("tenants.currency"),
    perTbScanned: settings.get("tenants.pricePerTbScanned"),
    perGbStoredMonth: settings.get("tenants.pricePerGbStoredMonth"),
  };
}

/** What reads the frontends' lines; where it ended is a file of the profile. */
export function openCollector(
  domain: UsageDomain,
  ledger: CostLedger,
): { readonly collector: FrontendCollector; readonly collected: CollectedSites } {
  const { base, sites, openSource } = domain;
  const { clock, announcements, profile } = base;
  const logger = base.logger.child("usage");
  const costs = new OwnCosts((cost) => ledger.record(cost));
  const collected = new CollectedSites(profile.file("usage-collected.json"), clock, logger);
  const collector = new FrontendCollector({
    ledger,
    sites: collected,
    openSource,
    tenants: (site, signal) => likelyTenants(domain, site, signal),
    frontendPods: (site, signal) => frontendPods(sites, site, signal),
    costListener: (target) => (request) => {
      // Pods tell of no cost.
      if (target.kind !== "loki") return;
      const range = { startNs: 0n, endNs: 0n };
      const asker = { principal: COLLECTOR, role: "viewer" as const };
      costs.record({ asker, target, query: request.query, range, limit: null }, request);
    },
    clock,
    logger,
    announcer: announcements,
  });
  return { collector, collected };
}

/**
 * The ledger that the settings of a profile name, in a thread of its own. The backlog is the console's, which holds the
 * profile; a command has none.
 */
export function openCostLedger(
  { base, locateWorker }: Pick<UsageDomain, "base" | "locateWorker">,
  backlog: Backlog | null = null,
): CostLedger {
  const { clock, announcements, profile, settings, secrets } = base;
  const logger = base.logger.child("ledger");
  const password = secretRefSchema.parse(LEDGER_PASSWORD);
  return new CostLedger({
    place: () => ledgerPlace(settings.get("tenants.ledger"), profile.file("ledger.db"), () => secrets.get(password)),
    open: (place, onDamaged) => LedgerThread.open({ place, worker: locateWorker("ledger"), clock, logger, onDamaged }),
    backlog,
    clock,
    logger,
    announcer: announcements,
  });
}

/** The setting's, else those whose names say so, else the others that are known. */
async function likelyTenants(
  { base, sites }: UsageDomain,
  site: SiteId,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const set = base.settings.get("tenants.lokiLogsTenant").trim();
  if (set !== "") return [set];
  const { tenants } = await sites.tenants(site, signal);
  const names = tenants.map(({ tenant }) => tenant);
  const likely = (name: string) => (/loki|monitor|observ|self|platform|infra|ops/i.test(name) ? 0 : 1);
  return names.toSorted((a, b) => likely(a) - likely(b));
}

async function frontendPods(sites: SitesService, site: SiteId, signal: AbortSignal) {
  try {
    const discovery = await sites.discoveryFor(site, signal);
    if (discovery === null) return null;
    const pods = discovery.components
      .filter(({ name }) => WITH_FRONTEND.has(name))
      .flatMap((component) => component.pods.map(({ name }) => name));
    return { namespace: discovery.namespace, pods };
  } catch (error) {
    if (isAppError(error) && error.code === "sites.no-cluster") return null;
    throw error;
  }
}
