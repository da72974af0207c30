import { existsSync, readdirSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { AppError, isAppError } from "../../src-shared/errors/app-error.ts";
import type { StoreConfig, StoreId } from "../../src-shared/model/storage/store.ts";
import { lockProfile } from "../core/common/profile.ts";
import type { ConsoleBase } from "../core/console-base.ts";
import { HealthSites } from "../core/console-health-sites.ts";
import { lokiControls } from "../core/console-loki-control.ts";
import { restorePlans } from "../core/console-restore-plans.ts";
import { JobEngine } from "../core/jobs/job-engine.ts";
import { JobStore } from "../core/jobs/job-store.ts";
import { acquireLease } from "../core/storage/lease/acquire-lease.ts";
import { RestoreBook } from "../core/storage/restore/apply/restore-book.ts";
import { RestoresService } from "../core/storage/restore/apply/restores.service.ts";
import { IndexReader } from "../core/storage/restore/plan/index-reader.ts";
import {
  keptPlan,
  openPlannedRestore,
  type KeptRestorePlan,
} from "../core/storage/restore/plan/planned-restore-files.ts";
import type { RestorePlansService } from "../core/storage/restore/plan/restore-plans.service.ts";
import type { StoreOpener } from "../core/storage/stores/opened-store.ts";
import type { CommandContext } from "./command-context.ts";
import { openCliStore, openCliStores } from "./open-storage-store.ts";
import { openCommandScans } from "./open-command-scans.ts";
import type { NamedStore } from "./storage-restore-options.ts";
import { KUBEMATE_VERSION } from "./version.ts";

const SITE_INTERVAL_MS = 5_000;
const JOBS_FILE = "job.db";

/** Restores for one command: a job of its own beside each plan, so that the same command goes on with it. */
export interface CommandRestores {
  readonly plans: RestorePlansService;
  /** The store that an option names; nothing is asked of it yet. */
  named(address: string, indexPrefix: string | undefined): Promise<NamedStore>;
  /** Plans that a command has begun and not finished, newest first. */
  begun(): readonly KeptRestorePlan[];
  /** @throws AppError `profile.in-use` while another command has the plan */
  open(planned: KeptRestorePlan): { readonly service: RestoresService; readonly engine: JobEngine };
}

export async function openRestores(
  base: ConsoleBase,
  context: CommandContext,
  stack: AsyncDisposableStack,
): Promise<CommandRestores> {
  const { locateWorker } = context.terminal;
  const { profile, clock, announcements } = base;
  const { service: stores, sites } = await openCliStores(base, context, stack);
  const configs = new Map<StoreId, StoreConfig>();
  const known = new Set(stores.kept().map(({ id }) => id));
  const opener: StoreOpener = {
    open: (id, signal) => {
      const config = configs.get(id);
      return config === undefined || known.has(id) ? stores.open(id, signal) : stores.openConfig(id, config, signal);
    },
  };
  const logger = base.logger.child("restores");
  let health: HealthSites | null = null;
  const loki = lokiControls({
    base,
    openSite: async (site, signal) => {
      health ??= stack.use(new HealthSites({ base, sites: await sites(), intervalMs: () => SITE_INTERVAL_MS }));
      return health.open(site, signal);
    },
    version: KUBEMATE_VERSION,
  });
  const root = profile.file("storage/plans");
  const plans = restorePlans({
    base,
    locateWorker,
    stores: opener,
    scans: openCommandScans(base, opener, locateWorker, stack),
    rate: () => null,
    loki: async ({ config }, signal) => {
      const site = config.place.kind === "site" ? config.place.site : config.site;
      try {
        const control = await loki(site, signal);
        if (control === null) return null;
        return { compactor: await control.compactor(signal), retention: await control.retention(signal) };
      } catch (error) {
        if (signal.aborted || !isAppError(error)) throw error;
        return null;
      }
    },
    freeBytes: () => Promise.resolve(null),
  });
  const book = stack.use(new RestoreBook(profile.file("storage/restores.db")));
  return {
    plans,
    async named(address, indexPrefix) {
      await using opened = await openCliStore(address, base, context, indexPrefix === undefined ? {} : { indexPrefix });
      configs.set(opened.id, opened.config);
      return { id: opened.id, config: opened.config };
    },
    begun: () => begunPlans(root),
    open(planned) {
      for (const [id, config] of Object.entries(planned.stores)) configs.set(storeIdOf(id), config);
      const { directory } = planned;
      const inFolder = { root: directory, exports: directory, spill: directory, logs: directory };
      stack.use(lockProfile({ ...inFolder, file: (name) => join(directory, name) }));
      const service: RestoresService = new RestoresService({
        stores: opener,
        acquireLease: ({ store }, { principal, purpose, nonce }, signal) =>
          acquireLease({ store, holder: `${principal}@${hostname()}`, purpose, nonce, clock }, signal),
        lokiControl: loki,
        preflight: (of, job, signal) => plans.preflight(of, job, signal),
        openIndexReader: () => new IndexReader({ locate: locateWorker, logger }),
        clock,
        logger,
        plans,
        look: (id) => keptPlan(root, id, clock.nowMs()),
        openPlan: openPlannedRestore,
        // The job's own file lies there until the command ends.
        discardPlan: () => undefined,
        book,
        beginDrill: () => Promise.reject(new AppError("request.invalid", { path: "plan", problem: "storage drill" })),
        jobs: () => engine,
        announcer: announcements,
      });
      const engine = stack.use(
        new JobEngine({
          store: new JobStore(join(directory, JOBS_FILE)),
          definitions: [service.job],
          maxRunning: 1,
          clock,
          logger: base.logger.child("jobs"),
          announcer: announcements,
        }),
      );
      return { service, engine };
    },
  };
}

function begunPlans(root: string): readonly KeptRestorePlan[] {
  const begun: KeptRestorePlan[] = [];
  for (const name of existsSync(root) ? readdirSync(root) : []) {
    const directory = join(root, name);
    if (!existsSync(join(directory, JOBS_FILE))) continue;
    try {
      begun.push(openPlannedRestore(directory));
    } catch (error) {
      // Of a newer program, or half of one.
      if (!isAppError(error)) throw error;
    }
  }
  return begun.toSorted((one, other) => other.plan.createdAtMs - one.plan.createdAtMs);
}

function storeIdOf(id: string): StoreId {
  // A key of a record that was parsed by this type's schema.
  return id as StoreId;
}
