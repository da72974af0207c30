import { hostname } from "node:os";
import type { ConsoleBase } from "./console-base.ts";
import { lokiControls } from "./console-loki-control.ts";
import type { OpenHealthSite } from "./health/health-site.ts";
import type { JobEngine } from "./jobs/job-engine.ts";
import { PlannedObjects } from "./storage/quarantine/planned-objects.store.ts";
import { QuarantineService } from "./storage/quarantine/quarantine.service.ts";
import type { ScanResults } from "./storage/scans/scan-results.ts";
import type { StoreOpener } from "./storage/stores/opened-store.ts";

export interface QuarantineDomain {
  readonly base: Pick<ConsoleBase, "profile" | "clock" | "logger" | "announcements">;
  readonly stores: StoreOpener;
  readonly scans: Pick<ScanResults, "byId" | "findings" | "setAside">;
  readonly openSite: OpenHealthSite;
  readonly jobs: () => Pick<JobEngine, "submit">;
  readonly readOnly: () => boolean;
  readonly version: string;
}

/** Setting objects of a bucket aside, and bringing them back. */
export function openConsoleQuarantine(domain: QuarantineDomain): QuarantineService {
  const { base, stores, scans, openSite, jobs, readOnly, version } = domain;
  const { clock, logger, announcements, profile } = base;
  return new QuarantineService({
    stores,
    scans,
    openLoki: lokiControls({ base, openSite, version }),
    jobs,
    planned: new PlannedObjects(profile.file("quarantine-plans")),
    holder: (principal) => `${principal} on ${hostname()}`,
    readOnly,
    clock,
    announcer: announcements,
    logger: logger.child("quarantine"),
  });
}
