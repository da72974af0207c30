import { isAppError } from "../../src-shared/errors/app-error.ts";
import type { JobId } from "../../src-shared/model/ids.ts";
import type { Drill } from "../../src-shared/model/storage/recovery.ts";
import type { StoreId } from "../../src-shared/model/storage/store.ts";
import { drillJob, openDrillBooks } from "./console-drill-job.ts";
import { ingesterFacts, type IngesterTellers } from "./console-ingester-facts.ts";
import { lokiControls } from "./console-loki-control.ts";
import type { RecoveryDomain } from "./console-recovery.ts";
import { runbookChecks } from "./console-runbook-checks.ts";
import type { AnyJobDefinition } from "./jobs/job-engine.ts";
import { S3BucketSettings } from "./storage/bucket-health/s3-bucket-settings.ts";
import { DrillsService } from "./storage/drills/drills.service.ts";
import type { RecoveryCaller } from "./storage/recovery-desks.ts";
import { RecoveryFactsService } from "./storage/recovery/recovery-facts.service.ts";
import type { RestoreParts } from "./storage/restore/apply/restore-parts.ts";
import type { PlannedRestore } from "./storage/restore/planned-restore.ts";
import { readRunbooks } from "./storage/runbooks/runbook-book.ts";
import { RunbookRuns } from "./storage/runbooks/runbook-runs.ts";
import { RunbooksService } from "./storage/runbooks/runbooks.service.ts";

/** What a runbook's checks call recent. A quarter has 92 days; drills are due once in it. */
const LIMITS = { scanDays: 7, drillDays: 92, drLagMinutes: 60, flushMinutes: 150, fullDays: 14 };
const DRILLS_LISTED = 200;

export interface ConsoleDrills {
  readonly desk: DrillsService;
  readonly runbooks: RunbooksService;
  /** Of one store, newest first: a plan's estimate takes the rate of the last. */
  readonly drillsOf: (store: StoreId) => readonly Drill[];
  /** Hands the plan of a drill to a job of kind `storage-drill`. */
  readonly begin: (
    planned: PlannedRestore,
    reason: string,
    caller: RecoveryCaller,
    signal: AbortSignal,
  ) => Promise<JobId>;
  readonly jobs: readonly AnyJobDefinition[];
}

/** Drills, what is known of losing and restoring a bucket, and runbooks. `restore` is asked for when a drill begins. */
export function openConsoleDrills(
  domain: RecoveryDomain,
  restore: () => RestoreParts,
  opened: AsyncDisposableStack,
): ConsoleDrills {
  const { base, health, storage, jobs, locateWorker, version } = domain;
  const { profile, clock, settings, announcements } = base;
  const books = openDrillBooks(base, opened);
  const { history } = books;
  const drillsOf = (store: StoreId) => history.list(store, DRILLS_LISTED);
  const facts = new RecoveryFactsService({
    stores: storage.stores,
    ingesters: (site, signal) => ingesterFacts(tellersOf(health), site, signal),
    settingsOf: (requests) => new S3BucketSettings(requests),
    bucketBytes: (store) => Promise.resolve(bytesOf(storage, store)),
    drills: drillsOf,
    staleAfterDays: () => settings.get("storage.drillStaleDays"),
    clock,
  });
  const job = drillJob({
    base,
    locateWorker,
    version,
    books,
    restore,
    facts: (store, signal) => facts.facts(store, signal),
  });
  const desk = new DrillsService({
    history,
    facts: (store, signal) => facts.facts(store, signal),
    titleOf: async (store, signal) => {
      await using place = await storage.stores.open(store, signal);
      return place.store.title;
    },
    submit: (input, principal) => jobs().submit(job, input, principal),
    directory: profile.exports,
  });
  const runbooks = new RunbooksService({
    runbooks: readRunbooks(),
    runs: opened.use(new RunbookRuns(profile.file("storage/runbooks.db"))),
    checks: runbookChecks({
      storage,
      facts: (store, signal) => facts.facts(store, signal),
      drills: drillsOf,
      lokiControl: lokiControls({ base, openSite: (site, signal) => health.service.open(site, signal), version }),
      limits: () => LIMITS,
      clock,
    }),
    clock,
    announcer: announcements,
  });
  return {
    desk,
    runbooks,
    drillsOf,
    begin: (planned, reason, caller, signal) => desk.begin(planned, reason, caller, signal),
    jobs: [job],
  };
}

function tellersOf({ service }: RecoveryDomain["health"]): IngesterTellers {
  return {
    round: (site) => {
      // Asked for, it is watched from now on.
      service.board(site);
      return service.memoryOf(site)?.latest ?? null;
    },
    lastFlush: (site, instance) => service.lastFlush(site, instance),
    config: (site, instance, signal) => service.config(site, instance, signal),
  };
}

/** As the last scan of everything counted them; `null` before the first. */
function bytesOf({ scans }: RecoveryDomain["storage"], store: StoreId): number | null {
  try {
    return scans.lastWhole(store)?.bytes ?? null;
  } catch (error) {
    if (!isAppError(error)) throw error;
    return null;
  }
}
