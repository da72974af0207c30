import { AppError } from "../../src-shared/errors/app-error.ts";
import { fireAndForget } from "./common/logger.ts";
import { HealthSites } from "./console-health-sites.ts";
import type { SitesService } from "./clusters/sites.service.ts";
import type { ConsoleBase } from "./console-base.ts";
import type { HealthParts } from "./health/health-parts.ts";
import { HealthService } from "./health/health.service.ts";
import type { OperationDesk } from "./health/operations/operation-desk.ts";
import type { JobEngine } from "./jobs/job-engine.ts";

const HOUR_MS = 3_600_000;

export interface ConsoleHealth {
  readonly service: HealthService;
  readonly operations: OperationDesk;
}

export interface HealthDomain {
  readonly base: ConsoleBase;
  readonly sites: SitesService;
}

/** The health of a profile's sites. */
export function openConsoleHealth({ base, sites }: HealthDomain, opened: AsyncDisposableStack): HealthService {
  const { profile, clock, announcements, settings } = base;
  const logger = base.logger.child("health");
  const healthSites = new HealthSites({ base, sites });
  const service = opened.use(
    new HealthService({
      directory: profile.file("health"),
      open: (site, signal) => healthSites.open(site, signal),
      identify: (site) => sites.identity(site),
      bucketOf: () => Promise.reject(new AppError("health.nobody-tells", { what: "bucket" })),
      parts: healthParts(),
      settings: () => ({
        intervalMs: settings.get("health.intervalSeconds") * 1_000,
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
  if (settings.get("health.watchOnStart"))
    fireAndForget(watchLastUsed(sites, service), logger, "watching from the start");
  return service;
}

async function watchLastUsed(sites: SitesService, service: HealthService): Promise<void> {
  const { lastUsed } = await sites.list();
  if (lastUsed !== undefined) service.board(lastUsed);
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
  };
}

function unbuilt(what: string): AppError {
  return new AppError("health.nobody-tells", { what });
}
