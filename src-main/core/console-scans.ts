import type { StorageDomain } from "./console-storage.ts";
import { ScanFiles } from "./storage/scans/scan-files.ts";
import { ScansService } from "./storage/scans/scans.service.ts";
import type { ScansDesk } from "./storage/storage-desks.ts";
import type { StoreOpener } from "./storage/stores/opened-store.ts";

/** Until a store is given up that went away: an object store's upgrade takes minutes, a night's maintenance is another matter. */
const PATIENCE_MS = 15 * 60_000;

/** Scans of a profile's stores; nothing is opened before the first question. */
export function openConsoleScans(
  { base, jobs, locateWorker }: StorageDomain,
  stores: StoreOpener,
  opened: AsyncDisposableStack,
  jobManifest?: ScansDesk["jobManifest"],
): ScansService {
  const { profile, clock, announcements, settings } = base;
  return opened.use(
    new ScansService({
      stores,
      files: new ScanFiles(profile.file("storage")),
      exports: profile.exports,
      jobs,
      locateWorker,
      clock,
      logger: base.logger.child("storage"),
      announcer: announcements,
      keepScans: () => settings.get("storage.keptScans"),
      patienceMs: PATIENCE_MS,
      ...(jobManifest === undefined ? {} : { jobManifest }),
    }),
  );
}
