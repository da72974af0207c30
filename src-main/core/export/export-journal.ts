import { join } from "node:path";
import { z } from "zod";
import { AppError } from "../../../src-shared/errors/app-error.ts";
import { type JsonFileFormat, loadJsonFile, saveJsonFile } from "../common/json-file.ts";
import { exportCheckpointSchema, type ExportCheckpoint } from "./export-checkpoint.ts";
import type { ExportMemory } from "./export-plan.ts";

/** Beside the archive that it speaks of, so that the same command finds it again. */
export const EXPORT_JOURNAL_FILE = ".kubemate-export.json";

const journalSchema = z.object({
  /** The range as it was asked for: `now-1h` means the same export an hour later. */
  asked: z.object({ from: z.string(), to: z.string() }),
  checkpoint: exportCheckpointSchema,
});
export type ExportJournal = z.output<typeof journalSchema>;

const FORMAT: JsonFileFormat<ExportJournal | null> = {
  schema: journalSchema.nullable(),
  version: 1,
  migrations: [],
  empty: null,
};

/** The journal of a folder; `null` where it has none. @throws `export.other-plan` for one that cannot be understood */
export function readJournal(directory: string, nowMs: number): ExportJournal | null {
  const { content, broken } = loadJsonFile(join(directory, EXPORT_JOURNAL_FILE), FORMAT, nowMs);
  if (broken === null) return content;
  throw new AppError("export.other-plan", { file: directory, problem: broken.params.problem }, { cause: broken });
}

/** Remembers in a folder's journal how far an export is; each commit replaces the file in one step. */
export function journalMemory(
  directory: string,
  asked: ExportJournal["asked"],
  found: ExportJournal | null,
): ExportMemory {
  return {
    load: async (): Promise<ExportCheckpoint | null> => found?.checkpoint ?? null,
    commit: (checkpoint) => saveJsonFile(join(directory, EXPORT_JOURNAL_FILE), FORMAT, { asked, checkpoint }),
  };
}
