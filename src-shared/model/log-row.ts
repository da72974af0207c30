import { z } from "zod";
import { labelSetSchema } from "./labels.ts";
import { LOG_LEVELS } from "./log-level.ts";
import { nanoTextSchema } from "./nano-time.ts";

/**
 * One row of a window, as the page sees it. A line longer than the window's `maxLineBytes` is cut: `line` holds its
 * beginning, `lineBytes` its whole length, and `logs.lineText` reads on.
 */
export const entryRowSchema = z.object({
  kind: z.literal("entry"),
  row: z.number(),
  timestampNs: nanoTextSchema,
  level: z.enum(LOG_LEVELS),
  line: z.string(),
  lineBytes: z.number(),
  /** Index into the window's `streams`. */
  stream: z.number(),
  metadata: labelSetSchema.optional(),
  parsed: labelSetSchema.optional(),
});

/** A row that is no entry: something the reader must not overlook at this place of the list. */
export const markerRowSchema = z.object({
  kind: z.literal("marker"),
  row: z.number(),
  timestampNs: nanoTextSchema,
  marker: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("gap"), startNs: nanoTextSchema, endNs: nanoTextSchema, cause: z.string() }),
    z.object({
      kind: z.literal("backfilled"),
      startNs: nanoTextSchema,
      endNs: nanoTextSchema,
      entries: z.number(),
      cause: z.string(),
    }),
    z.object({ kind: z.literal("dropped"), entries: z.number(), streams: z.array(labelSetSchema) }),
    z.object({ kind: z.literal("closed"), reason: z.string() }),
    z.object({ kind: z.literal("reconnected") }),
  ]),
});

export const logRowSchema = z.discriminatedUnion("kind", [entryRowSchema, markerRowSchema]);

export type EntryRow = z.infer<typeof entryRowSchema>;
export type MarkerRow = z.infer<typeof markerRowSchema>;
export type LogRow = z.infer<typeof logRowSchema>;
export type RowMarker = MarkerRow["marker"];
