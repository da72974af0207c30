import { AppError } from "../../../src-shared/errors/app-error.ts";
import type { Provenance } from "../../../src-shared/model/archive.ts";
import type { ArchiveManifest } from "../../../src-shared/model/archive-manifest.ts";
import type { ImportSummary } from "../../../src-shared/model/import-summary.ts";
import type { LabelSet } from "../../../src-shared/model/labels.ts";
import type { LogBatch } from "../../../src-shared/model/log-batch.ts";
import type { TimeRange } from "../../../src-shared/model/nano-time.ts";
import type { Clock } from "../common/clock.ts";
import type { ProgressReport } from "../jobs/job-definition.ts";
import type { BlockProblem } from "./archive-block.ts";
import type { ArchiveContents } from "./archive-contents.ts";
import type { ArchiveWriter } from "./archive-writer.ts";
import { basisOf } from "./import-columns.ts";
import type { ImportCheckpoint } from "./import-checkpoint.ts";
import { ImportRun } from "./import-run.ts";
import { prepareImportFolder, removeStrangers } from "./import-folder.ts";

/** All rows of a tenant as they are stored, ascending in time, in the same order each time. */
export type ReadRows = (
  options: {
    readonly contents: ArchiveContents;
    readonly tenant: string;
    readonly range: TimeRange | null;
    readonly onProblem: (problem: BlockProblem) => void;
  },
  signal: AbortSignal,
) => AsyncIterable<LogBatch>;

export interface ImportOptions {
  readonly contents: ArchiveContents;
  /** The tenants to take; `null` for all. */
  readonly tenants: readonly string[] | null;
  /** The name that rows of all these tenants get in the new archive; `null` keeps their own. */
  readonly tenantOverride: string | null;
  /** Added to every stream; wins over a label of the same name. */
  readonly labels: LabelSet;
  /** The new archive. It must not be there, or hold no more than an import that did not end. */
  readonly directory: string;
  readonly writer: ArchiveWriter;
  /** Slices encoded at the same time: the writer's threads. */
  readonly lanes: number;
  readonly readRows: ReadRows;
  readonly writeManifest: (directory: string, manifest: ArchiveManifest) => Promise<void>;
  readonly chooseLabelColumns: (streams: readonly LabelSet[]) => LabelSet;
  readonly provenance: Provenance;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly report: (progress: ProgressReport) => void;
  /** Where an earlier run got to. */
  readonly checkpoint: ImportCheckpoint | null;
  readonly commit: (checkpoint: ImportCheckpoint) => Promise<void>;
  /** Rows of a slice, for tests. */
  readonly sliceRows?: number;
}

/**
 * Writes opened logs into a new archive, tenant by tenant, each row once. The manifest is written last: what has none is an
 * import that did not end. Rejects with `archive.already-there`,
 * `archive.changed` where the checkpoint is not of these contents, `files.disk-full`, `files.unwritable`, `request.cancelled`.
 */
export async function importArchive(options: ImportOptions): Promise<ImportSummary> {
  const { directory, contents, clock, checkpoint } = options;
  const startedMs = clock.nowMs();
  if (checkpoint !== null && checkpoint.basis !== basisOf(contents)) {
    throw new AppError("archive.changed", { part: contents.title });
  }
  await prepareImportFolder(directory, checkpoint !== null);
  const run = new ImportRun(options);
  const wanted = options.tenants ?? contents.tenants;
  const tenants = [...new Set(wanted)].sort().filter((tenant) => checkpoint?.done.includes(tenant) !== true);
  for (const tenant of tenants) await run.importTenant(tenant);
  const manifest = run.manifest();
  await removeStrangers(directory, manifest.files);
  await options.writeManifest(directory, manifest);
  return {
    path: directory,
    tenants: manifest.tenants,
    linesRead: manifest.linesRead,
    linesWritten: manifest.linesWritten,
    duplicatesDropped: manifest.duplicatesDropped,
    lineBytes: manifest.lineBytes,
    files: manifest.files.length,
    sizeBytes: manifest.files.reduce((total, { sizeBytes }) => total + sizeBytes, 0),
    problems: run.problems.list,
    completeness: manifest.completeness,
    seconds: (clock.nowMs() - startedMs) / 1_000,
  };
}
