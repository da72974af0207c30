import { rm } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { delimiter } from "node:path";
import type { ArchiveOpener } from "./archive/archive-contents.ts";
import { resolveDestination } from "./archive/archive-destination.ts";
import { createArchiveImportJob } from "./archive/archive-import.job.ts";
import type { ReadRows } from "./archive/archive-import.ts";
import { createArchiveLogSource } from "./archive/archive-log-source.ts";
import { ANY_PATH, listedFolders, onlyInside } from "./archive/archive-path-rule.ts";
import { ArchiveUploads } from "./archive/archive-uploads.ts";
import { createArchiveVerifyJob, type VerifyJobParts } from "./archive/archive-verify.job.ts";
import type { ArchiveWriter } from "./archive/archive-writer.ts";
import { ArchivesService } from "./archive/archives.service.ts";
import { createArchiveWriter } from "./archive/parquet/archive-writer-pool.ts";
import { chooseLabelColumns } from "./archive/parquet/label-columns.ts";
import { writeManifest } from "./archive/parquet/manifest-file.ts";
import { ArchiveScanPool } from "./archive/scan/archive-scan-pool.ts";
import type { ArchiveScanner } from "./archive/scan/archive-scanner.ts";
import { readArchiveRows } from "./archive/scan/read-archive-rows.ts";
import type { WorkerLocator } from "./common/worker-entry.ts";
import type { ConsoleBase } from "./console-base.ts";

/**
 * Whatever opens logs on disk, in the order in which it is asked. None is loaded before something is opened: the Parquet
 * reader and what unpacks are heavy.
 */
export const ARCHIVE_OPENERS: readonly ArchiveOpener[] = [
  async (...place) => {
    const { createCapsuleOpener } = await import("./capsules/open-capsule.ts");
    const { openKubemateArchive } = await import("./archive/parquet/open-kubemate-archive.ts");
    return createCapsuleOpener(openKubemateArchive)(...place);
  },
  async (...place) => (await import("./archive/parquet/open-kubemate-archive.ts")).openKubemateArchive(...place),
  async (...place) => (await import("./archive/parquet/open-foreign-parquet.ts")).openForeignParquet(...place),
  async (...place) => (await import("./archive/bucket/open-bucket-folder.ts")).openBucketFolder(...place),
  async (...place) => (await import("./archive/text/open-text-files.ts")).openTextFiles(...place),
];

/** Threads of each pool: one a core, up to four. */
export const ARCHIVE_THREADS = Math.max(1, Math.min(4, availableParallelism()));

export interface ArchiveTools {
  readonly scanner: ArchiveScanner;
  readonly writer: ArchiveWriter;
  readonly readRows: ReadRows;
}

/** The threads that read and write archives; they start when there is work for them. */
export function openArchiveTools(
  { locateWorker, base }: { readonly locateWorker: WorkerLocator; readonly base: ConsoleBase },
  opened: AsyncDisposableStack,
): ArchiveTools {
  const logger = base.logger.child("archives");
  const scanner = opened.use(
    new ArchiveScanPool({ locate: locateWorker, clock: base.clock, logger, threads: ARCHIVE_THREADS }),
  );
  const writer = opened.use(createArchiveWriter({ locate: locateWorker, threads: ARCHIVE_THREADS, logger }));
  return {
    scanner,
    writer,
    readRows: (options, signal) => readArchiveRows({ ...options, pool: scanner }, signal),
  };
}

export interface ConsoleArchives {
  readonly service: ArchivesService;
  readonly uploads: ArchiveUploads;
  readonly tools: ArchiveTools;
  readonly importJob: ReturnType<typeof createArchiveImportJob>;
  readonly verifyJob: ReturnType<typeof createArchiveVerifyJob>;
  /** Where a new archive goes: a name in the profile's `archives`, or a path that may be written. */
  readonly destination: (wanted: string) => Promise<string>;
  /** The same for single files, in the profile's `exports`. */
  readonly exportFile: (wanted: string) => Promise<string>;
}

/** Archives of a profile, with what reads, writes and checks them. */
export async function openConsoleArchives(
  options: {
    readonly locateWorker: WorkerLocator;
    readonly version: string;
    /** Whether pages of other machines reach this console: then they open listed folders alone. */
    readonly reachedFromElsewhere: boolean;
  },
  base: ConsoleBase,
  opened: AsyncDisposableStack,
): Promise<ConsoleArchives> {
  const { profile, settings, announcements: announcer, clock } = base;
  const logger = base.logger.child("archives");
  const tools = openArchiveTools({ locateWorker: options.locateWorker, base }, opened);
  const uploads = opened.use(
    new ArchiveUploads({
      directory: profile.file("uploads"),
      maxBytes: () => settings.get("archives.unpackMaxBytes"),
      clock,
      logger,
    }),
  );
  // The profile is this process's alone: a capsule that was being made when one died is made anew.
  await rm(profile.file("capsule-work"), { recursive: true, force: true });
  const rule = options.reachedFromElsewhere ? onlyInside(() => openFolders(base)) : ANY_PATH;
  const service = opened.use(
    await ArchivesService.open({
      profileDirectory: profile.root,
      openers: ARCHIVE_OPENERS,
      inspector: tools.scanner,
      makeSource: (contents, tenant) =>
        createArchiveLogSource({ contents, tenant, title: contents.title, pool: tools.scanner, clock, logger }),
      uploads,
      mayOpen: rule,
      unpackMaxBytes: () => settings.get("archives.unpackMaxBytes"),
      announcer,
      logger,
      clock,
    }),
  );
  const verifyArchive: VerifyJobParts["verifyArchive"] = async (...given) =>
    (await import("./archive/parquet/verify-archive.ts")).verifyArchive(...given);
  return {
    service,
    uploads,
    tools,
    importJob: createArchiveImportJob({
      archives: service,
      writer: tools.writer,
      lanes: ARCHIVE_THREADS,
      readRows: tools.readRows,
      writeManifest,
      chooseLabelColumns,
      program: `kubemate ${options.version}`,
      announcer,
      clock,
    }),
    verifyJob: createArchiveVerifyJob({ archives: service, verifyArchive, readRows: tools.readRows, announcer }),
    destination: (wanted) => resolveDestination(wanted, profile.file("archives"), rule),
    exportFile: (wanted) => resolveDestination(wanted, profile.exports, rule),
  };
}

/** A setting that the page itself may change gives it no folder more: only what was set around the console counts. */
function openFolders({ profile, settings }: ConsoleBase): readonly string[] {
  const { locked, value } = settings.describe("archives.folders");
  const listed = locked ? listedFolders(String(value), delimiter) : [];
  return [profile.file("archives"), profile.exports, ...listed];
}
