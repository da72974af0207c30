import { openConsoleDrills } from "./console-drills.ts";
import { openConsoleQuarantine } from "./console-quarantine.ts";
import { pending, type ConsoleStorage, type StorageDomain } from "./console-storage.ts";
import type { AnyJobDefinition } from "./jobs/job-engine.ts";
import type { DrillsDesk, QuarantineDesk, RestoreDesk, RunbooksDesk } from "./storage/recovery-desks.ts";

export interface RecoveryDomain extends StorageDomain {
  readonly storage: ConsoleStorage;
}

export interface ConsoleRecovery {
  readonly quarantine: QuarantineDesk;
  readonly restores: RestoreDesk;
  readonly drills: DrillsDesk;
  readonly runbooks: RunbooksDesk;
  readonly jobs: readonly AnyJobDefinition[];
}

/** Setting aside, bringing back, and rehearsing it. */
export function openConsoleRecovery(domain: RecoveryDomain, opened: AsyncDisposableStack): ConsoleRecovery {
  const drills = openConsoleDrills(domain, () => pending(), opened);
  const { health, storage } = domain;
  const quarantine = openConsoleQuarantine({
    ...domain,
    stores: storage.stores,
    scans: storage.scans,
    openSite: (site, signal) => health.service.open(site, signal),
  });
  return {
    quarantine,
    restores: pending(),
    drills: drills.desk,
    runbooks: drills.runbooks,
    jobs: [quarantine.job, ...drills.jobs],
  };
}
