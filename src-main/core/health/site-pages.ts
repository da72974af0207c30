import { AppError } from "../../../src-shared/errors/app-error.ts";
import { RING_NAMES, type RingName, type RingView } from "../../../src-shared/model/health/ring.ts";
import type { Clock } from "../common/clock.ts";
import type { ScrapeRound } from "./detection/scrape.ts";
import type { HealthSite } from "./health-site.ts";
import { readConfig, type ConfigText } from "./instance/read-config.ts";
import { readInstance, type InstanceAnswers } from "./instance/read-instance.ts";
import { readRings } from "./rings/read-rings.ts";
import type { ScrapeTarget } from "./scraping/scrape-target.ts";

/** The process of that name as it can be asked now. @throws AppError `health.instance-unknown` */
export async function targetNamed(
  { targets }: Pick<HealthSite, "targets">,
  instance: string,
  signal: AbortSignal,
): Promise<ScrapeTarget> {
  const found = (await targets.targets(signal)).find((target) => target.instance === instance);
  if (found === undefined) throw new AppError("health.instance-unknown", { instance });
  return found;
}

/** What one process says of itself. */
export async function instancePage(
  site: HealthSite,
  instance: string,
  clock: Clock,
  signal: AbortSignal,
): Promise<InstanceAnswers> {
  return readInstance(await targetNamed(site, instance, signal), clock, signal);
}

/** Its configuration with its secrets masked. */
export async function configPage(
  site: HealthSite,
  instance: string,
  clock: Clock,
  signal: AbortSignal,
): Promise<ConfigText> {
  return readConfig(await targetNamed(site, instance, signal), clock, signal);
}

/** All rings, or those that are named. `latest` tells the replication factor. */
export async function ringPages(
  site: Pick<HealthSite, "targets">,
  names: readonly RingName[] | null,
  latest: ScrapeRound | null,
  clock: Clock,
  signal: AbortSignal,
): Promise<RingView[]> {
  const targets = await site.targets.targets(signal);
  const replicationFactor = replicationFactorOf(latest);
  return readRings({ targets, names: names ?? RING_NAMES, replicationFactor, clock, signal });
}

/** As the distributors say, should they say different things the least; `null` where none says it. */
export function replicationFactorOf(latest: ScrapeRound | null): number | null {
  const told = (latest?.scrapes ?? []).flatMap(({ series }) => series?.["loki_distributor_replication_factor"] ?? []);
  return told.length === 0 ? null : Math.min(...told);
}
