import type { LogTarget } from "../../src-shared/api/log-target.ts";
import { nanoFromMs } from "../../src-shared/model/nano-time.ts";
import { tenantIdSchema } from "../../src-shared/model/tenant-id.ts";
import { decide } from "../../src-shared/permissions/decide.ts";
import { fireAndForget } from "./common/logger.ts";
import { bucketFacts } from "./console-bucket-facts.ts";
import { HEALTH_PARTS } from "./console-health-parts.ts";
import { HealthSites } from "./console-health-sites.ts";
import { clusterSiteStores } from "./console-stores-sites.ts";
import type { SitesService } from "./clusters/sites.service.ts";
import type { ConsoleBase } from "./console-base.ts";
import { HealthService } from "./health/health.service.ts";
import type { OperationJobs, PreviewLine, PreviewQuestion } from "./health/operations/operations-parts.ts";
import { OperationsService } from "./health/operations/operations.service.ts";
import { ringPages } from "./health/site-pages.ts";
import type { LogSource } from "./logs/log-source.ts";

const HOUR_MS = 3_600_000;
/** Of a line that a plan shows; the rest of it is cut off. */
const PREVIEW_BYTES = 2_000;

export interface ConsoleHealth {
  readonly service: HealthService;
  readonly operations: OperationsService;
}

export interface HealthDomain {
  readonly base: ConsoleBase;
  readonly sites: SitesService;
  readonly openSource: (target: LogTarget, signal: AbortSignal) => Promise<LogSource>;
  /** The engine is made of the operations' job, so it is asked for when one is submitted. */
  readonly jobs: () => OperationJobs;
  readonly readOnly: () => boolean;
}

/** The health of a profile's sites, and what can be done about it. */
export function openConsoleHealth(domain: HealthDomain, opened: AsyncDisposableStack): ConsoleHealth {
  const { base, sites } = domain;
  const { profile, clock, announcements, settings } = base;
  const logger = base.logger.child("health");
  const intervalMs = () => settings.get("health.intervalSeconds") * 1_000;
  const healthSites = opened.use(new HealthSites({ base, sites, intervalMs }));
  const siteStores = clusterSiteStores({ sites, clock });
  const service = opened.use(
    new HealthService({
      directory: profile.file("health"),
      open: (site, signal) => healthSites.open(site, signal),
      identify: (site) => sites.identity(site),
      bucketOf: (site, _config, signal) => bucketFacts(siteStores, site, signal),
      parts: HEALTH_PARTS,
      settings: () => ({
        intervalMs: intervalMs(),
        historyMs: settings.get("health.historyHours") * HOUR_MS,
      }),
      clock,
      logger,
      announcer: announcements,
    }),
  );
  opened.defer(announcements.onChanged("sites", () => service.sitesChanged()));
  for (const key of ["health.intervalSeconds", "health.concurrency"] as const) {
    opened.defer(settings.onChange(key, () => service.settingsChanged()));
  }
  const operations = new OperationsService({
    openSite: (site, signal) => healthSites.open(site, signal),
    board: (site) => service.boardOf(site),
    rings: (site, names, signal) => ringPages(site, names, service.memoryOf(site.id)?.latest ?? null, clock, signal),
    lastFlush: (site, instance) => service.lastFlush(site, instance),
    previewLines: (question, signal) => previewLines(domain.openSource, question, signal),
    jobs: domain.jobs,
    may: (role, permission) => decide({ role, readOnly: domain.readOnly() }, permission).allowed,
    clock,
    announcer: announcements,
    logger: logger.child("operations"),
  });
  if (settings.get("health.watchOnStart"))
    fireAndForget(watchLastUsed(sites, service), logger, "watching from the start");
  return { service, operations };
}

async function watchLastUsed(sites: SitesService, service: HealthService): Promise<void> {
  const { lastUsed } = await sites.list();
  if (lastUsed !== undefined) service.board(lastUsed);
}

/** A few lines that a delete request would remove, oldest first. */
export async function previewLines(
  openSource: HealthDomain["openSource"],
  { site, tenant, query, startMs, endMs, limit }: PreviewQuestion,
  signal: AbortSignal,
): Promise<readonly PreviewLine[]> {
  await using source = await openSource({ kind: "loki", site, tenant: tenantIdSchema.parse(tenant) }, signal);
  const range = { startNs: nanoFromMs(startMs), endNs: nanoFromMs(endMs) };
  const lines: PreviewLine[] = [];
  for await (const event of source.read({ expr: query, range, direction: "forward", limit }, signal)) {
    if (event.kind !== "batch") continue;
    const { rowCount, timestampsNs, lineOffsets, lineBytes } = event.batch;
    for (let row = 0; row < rowCount && lines.length < limit; row++) {
      const [from, to] = [lineOffsets[row] ?? 0, lineOffsets[row + 1] ?? 0];
      const line = Buffer.from(lineBytes.subarray(from, Math.min(to, from + PREVIEW_BYTES))).toString("utf8");
      lines.push({ timestampNs: String(timestampsNs[row] ?? 0n), line });
    }
  }
  return lines;
}
