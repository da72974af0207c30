import { z } from "zod";
import { completenessSchema } from "./completeness.ts";
import { nanoTextSchema } from "./nano-time.ts";

/** What an export has done: the output of its job, and what the command prints. A stopped one can be taken up again. */
export const exportSummarySchema = z.object({
  state: z.enum(["finished", "stopped"]),
  /** A folder's path, or `s3://bucket/prefix`. */
  place: z.string(),
  /** The archive as this machine opens it; `null` where it went to a store. */
  folder: z.string().nullable(),
  tenant: z.string(),
  query: z.string(),
  startNs: nanoTextSchema,
  endNs: nanoTextSchema,
  linesRead: z.number(),
  linesWritten: z.number(),
  duplicatesDropped: z.number(),
  /** Bytes of the lines as they were read, before encoding. */
  lineBytes: z.number(),
  files: z.number(),
  /** Bytes of the files. */
  sizeBytes: z.number(),
  /** Replacements by the pattern's name. */
  redacted: z.record(z.string(), z.number()),
  completeness: completenessSchema,
  parts: z.object({
    total: z.number(),
    done: z.number(),
    /** Found finished from an earlier try, and not read again. */
    resumed: z.number(),
    /** Tries beyond the first, of all parts in this run. */
    repeated: z.number(),
  }),
  /** Of this run alone. */
  seconds: z.number(),
});
export type ExportSummary = z.output<typeof exportSummarySchema>;
