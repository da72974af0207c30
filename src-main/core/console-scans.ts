import type { JobId } from "../../src-shared/model/ids.ts";
import type { FindingFilter } from "../../src-shared/model/storage/scan.ts";
import type { StoreId } from "../../src-shared/model/storage/store.ts";
import { AppError } from "../../src-shared/errors/app-error.ts";
import type { WorkerLocator } from "./common/worker-entry.ts";
import type { ConsoleBase } from "./console-base.ts";
import type { StorageDomain } from "./console-storage.ts";
import { rowsOf, type FindingRow } from "./storage/scans/finding-rows.ts";
import { FindingsStore } from "./storage/scans/findings.store.ts";
import { ScanRunner } from "./storage/scans/scan-runner.ts";
import { nextSample, scanRow } from "./storage/scans/scan-rows.ts";
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

/** For one scan without an engine of jobs. */
export interface ScanResultsOnce extends AsyncDisposable {
  readonly runner: ScanRunner;
  readonly files: { readonly findings: string; ledger(store: StoreId): string };
  /** Where the next sample of a store begins, in percent. */
  sampleFrom(store: StoreId): number;
  /** Worst first. @throws AppError `storage.scan-unknown` */
  findings(scan: JobId, filter: FindingFilter): Iterable<FindingRow>;
}

/** What a command scans with: into the profile, where the console finds it too, or into a file of its own. */
export function openScanResults(
  base: Pick<ConsoleBase, "profile" | "clock" | "logger"> & { readonly locateWorker: WorkerLocator },
  findingsFile: string | null,
): ScanResultsOnce {
  const { profile, clock, locateWorker } = base;
  const logger = base.logger.child("storage");
  const kept = new ScanFiles(profile.file("storage"));
  const files = { findings: findingsFile ?? kept.findings, ledger: (store: StoreId) => kept.ledger(store) };
  const onDamaged = (told: AppError): void => logger.warn("findings were damaged and begun anew", { ...told.params });
  const store = new FindingsStore({ file: files.findings, clock, onDamaged });
  const runner = new ScanRunner({ locateWorker, clock, logger, patienceMs: PATIENCE_MS, onDamaged });
  return {
    runner,
    files,
    sampleFrom: (of) => store.run((database) => nextSample(database, of)),
    findings: (scan, filter) => {
      const row = store.run((database) => scanRow(database, scan));
      if (row === null) throw new AppError("storage.scan-unknown", { scan });
      return rowsOf(store, row.range, filter);
    },
    [Symbol.asyncDispose]: async () => {
      await runner[Symbol.asyncDispose]();
      store[Symbol.dispose]();
    },
  };
}
