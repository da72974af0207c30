import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { StoreOpener } from "../core/storage/stores/opened-store.ts";
import { lockProfile } from "../core/common/profile.ts";
import type { ConsoleBase } from "../core/console-base.ts";
import { HealthSites } from "../core/console-health-sites.ts";
import { openConsoleQuarantine } from "../core/console-quarantine.ts";
import { JobEngine } from "../core/jobs/job-engine.ts";
import { JobStore } from "../core/jobs/job-store.ts";
import type { QuarantineService } from "../core/storage/quarantine/quarantine.service.ts";
import { ScanFiles } from "../core/storage/scans/scan-files.ts";
import { ScansService } from "../core/storage/scans/scans.service.ts";
import { AddressedStores, type AddressedStore } from "./addressed-stores.ts";
import type { CommandContext } from "./command-context.ts";
import { openCliStores } from "./open-storage-store.ts";
import { KUBEMATE_VERSION } from "./version.ts";

const SITE_INTERVAL_MS = 5_000;

/** The quarantine of one store for a command. */
export interface CommandQuarantine {
  readonly store: AddressedStore;
  readonly service: QuarantineService;
  /** Jobs of such commands, kept so that the same command goes on. @throws AppError `profile.in-use` while another runs */
  readonly engine: () => JobEngine;
}

/** Opens what `--store` names. Rejects as `openCliStore` does. */
export async function openQuarantine(
  base: ConsoleBase,
  context: CommandContext,
  options: { readonly store: string; readonly indexPrefix: string },
  stack: AsyncDisposableStack,
): Promise<CommandQuarantine> {
  const { profile, clock, logger, announcements, settings } = base;
  const stores = new AddressedStores(base, context, { indexPrefix: options.indexPrefix });
  const store = await stores.name(options.store);
  let opened: JobEngine | null = null;
  const jobs = () => (opened ??= openEngine());
  const service: QuarantineService = openConsoleQuarantine({
    base,
    stores,
    scans: stack.use(commandScans()),
    openSite: await siteOpener(base, context, stack),
    jobs,
    readOnly: () => settings.get("safety.readOnly"),
    version: KUBEMATE_VERSION,
  });
  return { store, service, engine: jobs };

  /** What scans of the profile have kept; begins none. */
  function commandScans(): ScansService {
    return new ScansService({
      stores: stores satisfies StoreOpener,
      files: new ScanFiles(profile.file("storage")),
      exports: profile.exports,
      jobs,
      locateWorker: context.terminal.locateWorker,
      clock,
      logger: logger.child("storage"),
      announcer: announcements,
      keepScans: () => settings.get("storage.keptScans"),
      patienceMs: 0,
    });
  }

  function openEngine(): JobEngine {
    const folder = profile.file("storage/quarantine");
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const file = (name: string) => join(folder, name);
    // Jobs of a command that runs now are none that were left behind.
    stack.use(lockProfile({ root: folder, exports: folder, spill: folder, logs: folder, file }));
    const definitions = [service.job];
    const parts = { definitions, maxRunning: 1, clock, logger: logger.child("jobs"), announcer: announcements };
    return stack.use(new JobEngine({ store: new JobStore(file("jobs.db")), ...parts }));
  }
}

/** Sites are opened when a store of one is asked about: a folder needs no cluster. */
async function siteOpener(base: ConsoleBase, context: CommandContext, stack: AsyncDisposableStack) {
  const { sites } = await openCliStores(base, context, stack);
  let opening: Promise<HealthSites> | null = null;
  const open = async () =>
    stack.use(new HealthSites({ base, sites: await sites(), intervalMs: () => SITE_INTERVAL_MS }));
  return async (...asked: Parameters<HealthSites["open"]>) => {
    opening ??= open();
    return (await opening).open(...asked);
  };
}
