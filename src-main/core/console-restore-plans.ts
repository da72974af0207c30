import { statfs } from "node:fs/promises";
import { isAppError } from "../../src-shared/errors/app-error.ts";
import type { StoreId } from "../../src-shared/model/storage/store.ts";
import type { WorkerLocator } from "./common/worker-entry.ts";
import type { ConsoleBase } from "./console-base.ts";
import { lokiControls, type LokiControlOpener } from "./console-loki-control.ts";
import type { RecoveryDomain } from "./console-recovery.ts";
import { S3BucketSettings } from "./storage/bucket-health/s3-bucket-settings.ts";
import type { RestoreRate } from "./storage/restore/plan/estimate.ts";
import type { LokiFacts } from "./storage/restore/plan/preflight/preflight-parts.ts";
import { RestorePlansService, type RestorePlansParts } from "./storage/restore/plan/restore-plans.service.ts";
import { checkStore } from "./storage/stores/check-store.ts";
import type { OpenedStore, StoreOpener } from "./storage/stores/opened-store.ts";

/**
 * Plans of restores and drills of a profile: `storage/plans/<plan>` holds each until it expires or its job is done. `rate` is what
 * copying measured last.
 */
export function openRestorePlans(
  domain: RecoveryDomain,
  rate: (store: StoreId) => RestoreRate | null,
): RestorePlansService {
  const { base, health, storage, version, locateWorker } = domain;
  const controls = lokiControls({ base, openSite: (site, signal) => health.service.open(site, signal), version });
  return restorePlans({
    base,
    locateWorker,
    stores: storage.stores,
    scans: storage.scans,
    rate,
    loki: (opened, signal) => lokiFacts(controls, opened, signal),
    freeBytes: async (opened, signal) => {
      const { health: told } = await storage.bucketStates.state(opened.id, signal);
      return told?.capacity.usableFreeBytes ?? null;
    },
  });
}

/** The same for a command, which knows less of what is around. */
export function restorePlans(
  parts: Pick<RestorePlansParts, "scans" | "rate" | "loki"> & {
    readonly base: Pick<ConsoleBase, "profile" | "clock" | "logger">;
    readonly locateWorker: WorkerLocator;
    readonly stores: StoreOpener;
    /** Of a bucket; folders are asked here. */
    readonly freeBytes: (opened: OpenedStore, signal: AbortSignal) => Promise<number | null>;
  },
): RestorePlansService {
  const { base, locateWorker, stores, scans, rate, loki, freeBytes } = parts;
  const { clock } = base;
  return new RestorePlansService({
    root: base.profile.file("storage/plans"),
    stores,
    scans,
    locateWorker,
    rate,
    loki,
    preflight: {
      clock,
      mayWrite: false,
      storeChecks: (opened, write, signal) => checkStore(opened, { write, clock }, signal),
      freeBytes: (opened, signal) =>
        opened.folder === null ? freeBytes(opened, signal) : folderFreeBytes(opened.folder),
      settings: (opened, signal) =>
        opened.s3 === null ? Promise.resolve(null) : new S3BucketSettings(opened.s3).read(signal),
    },
    clock,
    logger: base.logger.child("restore-plans"),
  });
}

async function folderFreeBytes(folder: string): Promise<number | null> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch {
    // A folder that is not there yet, or a system that does not tell.
    return null;
  }
}

/** What the site's Loki tells; a site that cannot be reached tells nothing, and the plan says so. */
async function lokiFacts(
  controls: LokiControlOpener,
  { config }: OpenedStore,
  signal: AbortSignal,
): Promise<LokiFacts | null> {
  try {
    const control = await controls(config.site, signal);
    if (control === null) return null;
    return { compactor: await control.compactor(signal), retention: await control.retention(signal) };
  } catch (error) {
    if (signal.aborted || !isAppError(error) || error.category === "cancelled") throw error;
    return null;
  }
}
