import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ArchiveWriter } from "../../src-main/core/archive/archive-writer.ts";
import { createArchiveWriter } from "../../src-main/core/archive/parquet/archive-writer-pool.ts";
import { chooseLabelColumns } from "../../src-main/core/archive/parquet/label-columns.ts";
import { systemClock } from "../../src-main/core/common/clock.ts";
import { type ExportCheckpoint, exportCheckpointSchema } from "../../src-main/core/export/export-checkpoint.ts";
import type { ExportParts, ExportPlan } from "../../src-main/core/export/export-plan.ts";
import { runExport } from "../../src-main/core/export/run-export.ts";
import type { ProgressReport } from "../../src-main/core/jobs/job-definition.ts";
import type { LogSource } from "../../src-main/core/logs/log-source.ts";
import { type ArchiveManifest, archiveManifestSchema, MANIFEST_FILE } from "../../src-shared/model/archive-manifest.ts";
import type { ExportSummary } from "../../src-shared/model/export-summary.ts";
import { RecordingLogger } from "./recording-logger.ts";
import { temporaryDirectory } from "./temporary-directory.ts";
import { workerSource } from "./worker-source.ts";

/** An export over a folder of the test's own, with the real writer and a checkpoint in memory, run as often as wanted. */
export class ExportBench implements AsyncDisposable {
  readonly #temporary = temporaryDirectory();
  readonly directory = this.#temporary.file("archive");
  readonly reports: ProgressReport[] = [];
  readonly writer: ArchiveWriter = createArchiveWriter({
    locate: workerSource,
    threads: 2,
    logger: new RecordingLogger(),
  });
  checkpoint: ExportCheckpoint | null = null;
  commits = 0;

  /** Runs the export to its end, or to where the parts say. */
  async run(
    source: LogSource,
    plan: Partial<ExportPlan> & Pick<ExportPlan, "query" | "range">,
    parts: Partial<ExportParts> = {},
  ): Promise<ExportSummary> {
    return await runExport(
      {
        site: "memory",
        tenant: "acme",
        redact: [],
        linesPerSecond: null,
        parallel: 2,
        directory: this.directory,
        place: this.directory,
        exportedBy: "ada",
        program: "kubemate 0.1.0",
        ...plan,
      },
      {
        source,
        writer: this.writer,
        chooseLabelColumns,
        writeManifest: async (directory, manifest) =>
          writeFile(join(directory, MANIFEST_FILE), JSON.stringify(archiveManifestSchema.parse(manifest))),
        checkpoint: {
          load: async () => this.checkpoint,
          commit: async (checkpoint) => {
            this.commits += 1;
            // As a job's store does: what does not survive JSON would not survive a restart.
            this.checkpoint = exportCheckpointSchema.parse(JSON.parse(JSON.stringify(checkpoint)));
          },
        },
        report: (progress) => this.reports.push(progress),
        clock: systemClock,
        signal: new AbortController().signal,
        logger: new RecordingLogger(),
        random: () => 0,
        ...parts,
      },
    );
  }

  manifest(): ArchiveManifest {
    return archiveManifestSchema.parse(JSON.parse(readFileSync(join(this.directory, MANIFEST_FILE), "utf8")));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.writer[Symbol.asyncDispose]();
    this.#temporary[Symbol.dispose]();
  }
}
