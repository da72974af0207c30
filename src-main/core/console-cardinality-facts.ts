import { isAppError } from "../../src-shared/errors/app-error.ts";
import type { SiteId } from "../../src-shared/model/ids.ts";
import type { Clock } from "./common/clock.ts";
import type { ScrapeRound } from "./health/detection/scrape.ts";
import { parseSeriesKey } from "./health/detection/series-key.ts";
import type { HealthService } from "./health/health.service.ts";
import type { HealthSite } from "./health/health-site.ts";
import { readConfig } from "./health/instance/read-config.ts";
import {
  FACT_FAMILIES,
  tenantFacts,
  type FactSources,
  type ProcessMetrics,
  type TenantFacts,
} from "./tenants/cardinality/tenant-facts.ts";

/** How long ago the round is that the last one is compared with. */
const BEFORE_MS = 3_600_000;
const NEARER_MS = 600_000;
const TELLERS: readonly string[] = ["ingester", "write", "single-binary", "all"];

/**
 * What the rounds of a watched site say of a tenant, and the configuration of an ingester; a site that is not watched is asked once.
 * @throws AppError when the site cannot be opened
 */
export async function healthFacts(
  service: Pick<HealthService, "memoryOf" | "open">,
  clock: Clock,
  site: SiteId,
  tenant: string,
  signal: AbortSignal,
): Promise<TenantFacts> {
  const opened = await service.open(site, signal);
  const memory = service.memoryOf(site);
  const latest = memory?.latest ?? null;
  const [now, before, config] = await Promise.all([
    latest ?? opened.rounds.round(signal).then(({ round }) => round),
    earlier(memory?.history ?? null, latest),
    ingesterConfig(opened, clock, signal),
  ]);
  return tenantFacts(tenant, { now: processes(now), before: processes(before), config });
}

/** The facts of a site that somebody opened for one question. */
export async function siteFacts(
  site: HealthSite,
  clock: Clock,
  tenant: string,
  signal: AbortSignal,
): Promise<TenantFacts> {
  const [{ round }, config] = await Promise.all([site.rounds.round(signal), ingesterConfig(site, clock, signal)]);
  return tenantFacts(tenant, { now: processes(round), before: [], config });
}

async function earlier(
  history: { rounds(fromMs: number, toMs: number): AsyncIterable<ScrapeRound> } | null,
  latest: ScrapeRound | null,
): Promise<ScrapeRound | null> {
  if (history === null || latest === null) return null;
  for await (const round of history.rounds(latest.atMs - BEFORE_MS, latest.atMs - NEARER_MS)) return round;
  return null;
}

function processes(round: ScrapeRound | null): readonly ProcessMetrics[] {
  return (round?.scrapes ?? []).map(({ instance, atMs, series }) => ({
    instance,
    atMs,
    metrics: Object.entries(series ?? {}).flatMap(([key, value]) => {
      const name = key.slice(0, key.includes("{") ? key.indexOf("{") : key.length);
      return FACT_FAMILIES.has(name) ? [{ ...parseSeriesKey(key), value }] : [];
    }),
  }));
}

async function ingesterConfig(
  { targets }: Pick<HealthSite, "targets">,
  clock: Clock,
  signal: AbortSignal,
): Promise<FactSources["config"]> {
  try {
    const all = await targets.targets(signal);
    const target = TELLERS.flatMap((component) => all.find((each) => each.component === component) ?? [])[0];
    if (target === undefined) return null;
    const { yaml } = await readConfig(target, clock, signal);
    return { yaml, from: target.instance };
  } catch (error) {
    // What cuts chunks is not known then, and nothing is said of them.
    if (isAppError(error) && !signal.aborted) return null;
    throw error;
  }
}
