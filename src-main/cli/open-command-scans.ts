import { AppError } from "../../src-shared/errors/app-error.ts";
import type { WorkerLocator } from "../core/common/worker-entry.ts";
import type { ConsoleBase } from "../core/console-base.ts";
import { ScanFiles } from "../core/storage/scans/scan-files.ts";
import type { ScanResults } from "../core/storage/scans/scan-results.ts";
import { ScansService } from "../core/storage/scans/scans.service.ts";
import type { StoreOpener } from "../core/storage/stores/opened-store.ts";

/** What the profile's scans found, for a command that begins none. Nothing is opened before the first question. */
export function openCommandScans(
  base: ConsoleBase,
  stores: StoreOpener,
  locateWorker: WorkerLocator,
  stack: AsyncDisposableStack,
): ScanResults {
  const { profile, clock, logger, announcements, settings } = base;
  const none = (): never => {
    throw new AppError("storage.unsupported", { store: "-", action: "scan" });
  };
  return stack.use(
    new ScansService({
      stores,
      files: new ScanFiles(profile.file("storage")),
      exports: profile.exports,
      jobs: none,
      locateWorker,
      clock,
      logger: logger.child("storage"),
      announcer: announcements,
      keepScans: () => settings.get("storage.keptScans"),
      patienceMs: 0,
    }),
  );
}
