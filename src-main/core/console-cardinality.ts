import type { LogTarget } from "../../src-shared/api/log-target.ts";
import { isAppError } from "../../src-shared/errors/app-error.ts";
import type { SiteId } from "../../src-shared/model/ids.ts";
import { tenantIdSchema } from "../../src-shared/model/tenant-id.ts";
import type { SitesService } from "./clusters/sites.service.ts";
import { fireAndForget } from "./common/logger.ts";
import type { WorkerLocator } from "./common/worker-entry.ts";
import { healthFacts } from "./console-cardinality-facts.ts";
import type { ConsoleBase } from "./console-base.ts";
import type { ConsoleHealth } from "./console-health.ts";
import type { JobEngine } from "./jobs/job-engine.ts";
import { LokiClient } from "./logs/adapters/loki/loki-client.ts";
import { DEFAULT_RETRY } from "./logs/adapters/loki/retry-policy.ts";
import type { LogSource } from "./logs/log-source.ts";
import type { LimitsDesk } from "./tenants/board/limits-desk.ts";
import type { CardinalityDesk } from "./tenants/cardinality/cardinality-desk.ts";
import type { SampleJob } from "./tenants/cardinality/cardinality.job.ts";
import { CardinalityService } from "./tenants/cardinality/cardinality.service.ts";
import { lokiSeriesSource } from "./tenants/cardinality/loki-series-source.ts";
import { ReportStore } from "./tenants/cardinality/report-store.ts";
import type { SeriesSource } from "./tenants/cardinality/series-source.ts";
import { SqliteCardinalityHistory } from "./tenants/cardinality/sqlite-cardinality-history.ts";

export interface CardinalityDomain {
  readonly base: ConsoleBase;
  readonly sites: Pick<SitesService, "transportFor">;
  readonly health: ConsoleHealth;
  readonly limits: Pick<LimitsDesk, "limits">;
  readonly openSource: (target: LogTarget, signal: AbortSignal) => Promise<LogSource>;
  /** The engine is made of the sampling job, so it is asked for when one is submitted. */
  readonly jobs: () => Pick<JobEngine, "submit" | "get">;
  readonly locateWorker: WorkerLocator;
  readonly version: string;
}

export interface ConsoleCardinality {
  readonly service: CardinalityDesk;
  readonly job: SampleJob;
  /** To be called once the jobs are there: removes what samples left that never end. */
  readonly begin: () => void;
}

/** Samples that are kept of each tenant. */
const KEPT_REPORTS = 10;

/** Labels, their values and the streams they make, of the tenants of a profile's sites. */
export function openConsoleCardinality(domain: CardinalityDomain, opened: AsyncDisposableStack): ConsoleCardinality {
  const { base, health, limits, jobs } = domain;
  const { profile, clock, announcements } = base;
  const logger = base.logger.child("cardinality");
  const history = opened.use(new SqliteCardinalityHistory(profile.file("cardinality.db")));
  const service = opened.use(
    new CardinalityService({
      store: new ReportStore(profile.file("cardinality"), () => KEPT_REPORTS),
      history,
      openSource: (site, tenant, signal) => seriesSource(domain, site, tenant, signal),
      facts: (site, tenant, signal) => healthFacts(health.service, clock, site, tenant, signal),
      streamLimit: (site, tenant, signal) => streamLimit(limits, site, tenant, signal),
      jobs,
      worker: domain.locateWorker("series-table"),
      clock,
      logger,
      announcer: announcements,
      random: Math.random,
    }),
  );
  return {
    service,
    job: service.job,
    begin: () => fireAndForget(service.tidy(), logger, "old samples were not removed"),
  };
}

async function seriesSource(
  { base, sites, openSource, version }: CardinalityDomain,
  site: SiteId,
  tenant: string,
  signal: AbortSignal,
): Promise<SeriesSource> {
  const target = { kind: "loki", site, tenant: tenantIdSchema.parse(tenant) } as const;
  const client = new LokiClient({
    transport: await sites.transportFor(site),
    tenant: target.tenant,
    clock: base.clock,
    logger: base.logger.child("cardinality"),
    version,
    requestTimeoutMs: base.settings.get("logs.requestTimeoutSeconds") * 1_000,
    parallelRequests: 1,
    retry: DEFAULT_RETRY,
    random: Math.random,
  });
  const logs = await openSource(target, signal);
  return lokiSeriesSource((call, inner) => client.ask(call, (body) => body, inner), logs);
}

/** @throws AppError `request.cancelled` */
async function streamLimit(
  limits: CardinalityDomain["limits"],
  site: SiteId,
  tenant: string,
  signal: AbortSignal,
): Promise<number | null> {
  try {
    const all = await limits.limits(site, tenant, { tenants: { kind: "every" } }, signal);
    const found = all.limits.find(({ key }) => key === "max_global_streams_per_user");
    return found === undefined ? null : found.unlimited ? 0 : found.number;
  } catch (error) {
    // What limits there are is not known then; a rule can be made of what was seen.
    if (isAppError(error) && !signal.aborted) return null;
    throw error;
  }
}
