import { basename } from "node:path";
import { z } from "zod";
import { archiveIdSchema } from "../../../src-shared/model/ids.ts";
import { importSummarySchema, type ImportSummary } from "../../../src-shared/model/import-summary.ts";
import type { Announcer } from "../common/topics.ts";
import type { Clock } from "../common/clock.ts";
import type { JobDefinition } from "../jobs/job-definition.ts";
import type { ArchiveHolder } from "./archives.service.ts";
import { importArchive, type ImportOptions } from "./archive-import.ts";
import { importCheckpointSchema, type ImportCheckpoint } from "./import-checkpoint.ts";
import { importProvenance } from "./import-provenance.ts";

const inputSchema = z.object({
  archive: archiveIdSchema,
  title: z.string(),
  directory: z.string(),
  principal: z.string(),
});
type Input = z.output<typeof inputSchema>;

export interface ImportJobParts extends Pick<
  ImportOptions,
  "writer" | "lanes" | "readRows" | "writeManifest" | "chooseLabelColumns"
> {
  readonly archives: ArchiveHolder;
  /** `kubemate 0.1.0` */
  readonly program: string;
  readonly announcer: Announcer;
  readonly clock: Clock;
}

/** Writes an open archive into one of ours; goes on at the last slices that are in their places. */
export function createArchiveImportJob(parts: ImportJobParts): JobDefinition<Input, ImportCheckpoint, ImportSummary> {
  return {
    kind: "archive-import",
    input: inputSchema,
    checkpoint: importCheckpointSchema,
    output: importSummarySchema,
    canPause: true,
    titleParams: ({ title, directory }) => ({ title, folder: basename(directory) }),
    run: async ({ input, checkpoint, signal, commit, report }) => {
      const { archives, announcer, clock, program, writer, lanes, readRows, writeManifest, chooseLabelColumns } = parts;
      using held = await archives.hold(input.archive, signal);
      const { contents } = held;
      const summary = await importArchive({
        contents,
        tenants: null,
        tenantOverride: null,
        labels: {},
        directory: input.directory,
        writer,
        lanes,
        readRows,
        writeManifest,
        chooseLabelColumns,
        provenance: importProvenance(contents, {
          paths: archives.pathsOf(input.archive),
          principal: input.principal,
          program,
          nowMs: clock.nowMs(),
        }),
        clock,
        signal,
        report,
        checkpoint,
        commit,
      });
      const { path, linesWritten: lines, problems } = summary;
      announcer.notice(
        problems.length === 0
          ? { key: "archives.imported", severity: "info", params: { path, lines } }
          : {
              key: "archives.import-with-problems",
              severity: "warning",
              params: { path, lines, problems: problems.length },
            },
      );
      return summary;
    },
  };
}
