import { hostname } from "node:os";
import type { ConsoleDrills } from "./console-drills.ts";
import { lokiControls } from "./console-loki-control.ts";
import type { RecoveryDomain } from "./console-recovery.ts";
import type { AnyJobDefinition } from "./jobs/job-engine.ts";
import { acquireLease } from "./storage/lease/acquire-lease.ts";
import { RestoreBook } from "./storage/restore/apply/restore-book.ts";
import type { RestoreParts } from "./storage/restore/apply/restore-parts.ts";
import { RestoresService } from "./storage/restore/apply/restores.service.ts";
import { IndexReader } from "./storage/restore/plan/index-reader.ts";
import { discardPlannedRestore, keptPlan, openPlannedRestore } from "./storage/restore/plan/planned-restore-files.ts";
import type { RestorePlans } from "./storage/restore/plan/restore-plans.service.ts";

export interface ConsoleRestores {
  readonly desk: RestoresService;
  readonly jobs: readonly AnyJobDefinition[];
}

/** What every restore is carried out with, also those into a drill's scratch bucket; the plans' checks are the planner's. */
export function restoreParts(domain: RecoveryDomain): Omit<RestoreParts, "preflight"> {
  const { base, health, storage, version, locateWorker } = domain;
  const logger = base.logger.child("restores");
  return {
    stores: storage.stores,
    acquireLease: ({ store }, { principal, purpose, nonce }, signal) =>
      acquireLease({ store, holder: `${principal}@${hostname()}`, purpose, nonce, clock: base.clock }, signal),
    lokiControl: lokiControls({ base, openSite: (site, signal) => health.service.open(site, signal), version }),
    openIndexReader: () => new IndexReader({ locate: locateWorker, logger }),
    clock: base.clock,
    logger,
  };
}

/** Restores of a profile's stores; a drill's plan goes to `drills`. */
export function openConsoleRestores(
  domain: RecoveryDomain,
  parts: {
    readonly plans: RestorePlans;
    readonly restore: RestoreParts;
    readonly drills: Pick<ConsoleDrills, "begin">;
  },
  opened: AsyncDisposableStack,
): ConsoleRestores {
  const { base, jobs } = domain;
  const { profile, clock, announcements } = base;
  const desk = new RestoresService({
    ...parts.restore,
    plans: parts.plans,
    look: (id) => keptPlan(profile.file("storage/plans"), id, clock.nowMs()),
    openPlan: openPlannedRestore,
    discardPlan: discardPlannedRestore,
    book: opened.use(new RestoreBook(profile.file("storage/restores.db"))),
    beginDrill: parts.drills.begin,
    jobs,
    announcer: announcements,
  });
  return { desk, jobs: [desk.job] };
}
