import { z } from "zod";
import { archiveFileSchema } from "../../../src-shared/model/archive-manifest.ts";
import { completenessSchema } from "../../../src-shared/model/completeness.ts";
import { labelSetSchema } from "../../../src-shared/model/labels.ts";
import { nanoTextSchema, type TimeRange } from "../../../src-shared/model/nano-time.ts";
import { REDACTION_PATTERNS } from "../../../src-shared/model/redaction-pattern.ts";

/** A part of the range that is read and written as one; its slice is named by its place in the list. */
export const exportPartSchema = z.object({
  startNs: nanoTextSchema,
  endNs: nanoTextSchema,
  /** What the index promised, replicas counted more than once; `null` where there is no index to ask. */
  lines: z.number().nullable(),
});
export type ExportPart = z.output<typeof exportPartSchema>;

/** A part whose slice is in its place. What is listed here is never read again. */
export const finishedPartSchema = z.object({
  part: z.number().int().nonnegative(),
  files: z.array(archiveFileSchema),
  linesRead: z.number().int().nonnegative(),
  linesWritten: z.number().int().nonnegative(),
  lineBytes: z.number().int().nonnegative(),
  redacted: z.partialRecord(z.enum(REDACTION_PATTERNS), z.number()),
  completeness: completenessSchema,
  /** Its files lie in the store, under their temporary keys. */
  uploaded: z.boolean(),
});
export type FinishedPart = z.output<typeof finishedPartSchema>;

/** What is decided once, when an export begins, and stays through every try. */
export const pinnedPlanSchema = z.object({
  site: z.string(),
  tenant: z.string(),
  query: z.string(),
  startNs: nanoTextSchema,
  endNs: nanoTextSchema,
  redact: z.array(z.enum(REDACTION_PATTERNS)),
  place: z.string(),
  labelColumns: labelSetSchema,
  parts: z.array(exportPartSchema),
});
export type PinnedPlan = z.output<typeof pinnedPlanSchema>;

/** How far an export is; the same in a job's checkpoint and in the journal beside an archive. */
export const exportCheckpointSchema = z.object({
  version: z.literal(1),
  plan: pinnedPlanSchema,
  finished: z.array(finishedPartSchema),
  /** Set when the manifest is in its place: nothing is left to do. */
  endedAt: z.string().nullable(),
});
export type ExportCheckpoint = z.output<typeof exportCheckpointSchema>;

export function partRange(part: ExportPart): TimeRange {
  return { startNs: BigInt(part.startNs), endNs: BigInt(part.endNs) };
}
