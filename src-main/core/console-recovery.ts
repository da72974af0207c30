import { openConsoleDrills } from "./console-drills.ts";
import { openConsoleQuarantine } from "./console-quarantine.ts";
import { openRestorePlans } from "./console-restore-plans.ts";
import { openConsoleRestores, restoreParts } from "./console-restores.ts";
import type { ConsoleStorage, StorageDomain } from "./console-storage.ts";
import type { AnyJobDefinition } from "./jobs/job-engine.ts";
import type { RestoreParts } from "./storage/restore/apply/restore-parts.ts";
import { measuredRate } from "./storage/restore/plan/measured-rate.ts";
import type { DrillsDesk, QuarantineDesk, RestoreDesk, RunbooksDesk } from "./storage/recovery-desks.ts";

/** Newest drills and restores that a rate is looked for in. */
const MEASURED_LOOKED_AT = 20;

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
  const restore: RestoreParts = {
    ...restoreParts(domain),
    preflight: (planned, job, signal) => plans.preflight(planned, job, signal),
  };
  const drills = openConsoleDrills(domain, () => restore, opened);
  const plans = openRestorePlans(domain, (store) =>
    measuredRate(drills.desk.list(store, MEASURED_LOOKED_AT), restores.desk.list(store, MEASURED_LOOKED_AT)),
  );
  const restores = openConsoleRestores(domain, { plans, restore, drills }, opened);
  const { health, storage } = domain;
  const quarantine = openConsoleQuarantine({
    ...domain,
    stores: storage.stores,
    scans: storage.scans,
    openSite: (site, signal) => health.service.open(site, signal),
  });
  return {
    quarantine,
    restores: restores.desk,
    drills: drills.desk,
    runbooks: drills.runbooks,
    jobs: [quarantine.job, ...restores.jobs, ...drills.jobs],
  };
}
