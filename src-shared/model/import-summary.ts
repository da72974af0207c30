import { z } from "zod";
import { archiveProblemSchema } from "./archive.ts";
import { completenessSchema } from "./completeness.ts";

/** What an import has done: the output of its job, and what the command prints. */
export const importSummarySchema = z.object({
  /** The archive's folder; opens as it is. */
  path: z.string(),
  tenants: z.array(z.string()),
  /** Rows that were found, duplicates among them. */
  linesRead: z.number(),
  linesWritten: z.number(),
  /** Equal rows that a Loki stores once. */
  duplicatesDropped: z.number(),
  /** Bytes of the lines, before encoding. */
  lineBytes: z.number(),
  files: z.number(),
  /** Bytes of the files. */
  sizeBytes: z.number(),
  problems: z.array(archiveProblemSchema),
  completeness: completenessSchema,
  /** Of this run alone. */
  seconds: z.number(),
});
export type ImportSummary = z.output<typeof importSummarySchema>;
