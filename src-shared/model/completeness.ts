import { z } from "zod";
import { labelSetSchema } from "./labels.ts";

/**
 * Why a result may not hold every line. Each carries its evidence; the words are the window's (`logs.completeness.<kind>`).
 *
 * - `limit-reached`: the reader asked for no more than `limit` rows and there may be more.
 * - `lines-missing`: the index promised more than was read (damaged chunks, object store down): Loki answers 200 and leaves
 *   lines out. `promised` and `read` are counts of `unit`.
 * - `split-failed`: one part of the range could not be read.
 * - `page-inseparable`: more entries share one nanosecond than the server hands out, and no filter tells them apart.
 * - `tail-gap`: the tail was cut between two instants and the back-fill could not close the gap.
 * - `tail-dropped`: Loki says it dropped entries of the tail.
 * - `server-warning`: a warning of Loki's own, in its words.
 * - `partial-failure`: a pod or component of several did not answer.
 * - `lookback-clamped`: Loki silently cuts a range at `max_query_lookback`.
 * - `disk-full`: the result set could not spill any further.
 * - `stopped`: the reader was cancelled.
 */
export const completenessReasonSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("limit-reached"), limit: z.number() }),
  z.object({
    kind: z.literal("lines-missing"),
    unit: z.enum(["chunks", "bytes", "entries", "streams"]),
    promised: z.number(),
    read: z.number(),
    startNs: z.string(),
    endNs: z.string(),
    detail: z.string().optional(),
  }),
  z.object({ kind: z.literal("split-failed"), startNs: z.string(), endNs: z.string(), code: z.string() }),
  z.object({ kind: z.literal("page-inseparable"), atNs: z.string(), stream: labelSetSchema.optional() }),
  z.object({ kind: z.literal("tail-gap"), startNs: z.string(), endNs: z.string() }),
  z.object({ kind: z.literal("tail-dropped"), entries: z.number() }),
  z.object({ kind: z.literal("server-warning"), text: z.string() }),
  z.object({ kind: z.literal("partial-failure"), part: z.string(), code: z.string() }),
  z.object({ kind: z.literal("lookback-clamped"), startNs: z.string() }),
  z.object({ kind: z.literal("disk-full"), droppedRows: z.number() }),
  z.object({ kind: z.literal("stopped") }),
]);

export type CompletenessReason = z.infer<typeof completenessReasonSchema>;

/** `unknown` is an answer: nothing was found that speaks against it, and nothing that proves it (say, no stats). */
export const completenessSchema = z.object({
  verdict: z.enum(["complete", "incomplete", "unknown"]),
  reasons: z.array(completenessReasonSchema),
});

export type Completeness = z.infer<typeof completenessSchema>;

export const COMPLETE: Completeness = { verdict: "complete", reasons: [] };
export const UNKNOWN_COMPLETENESS: Completeness = { verdict: "unknown", reasons: [] };

/** The verdict of two parts together: the worse of both, with all reasons. */
export function mergeCompleteness(a: Completeness, b: Completeness): Completeness {
  const order = ["complete", "unknown", "incomplete"] as const;
  const verdict = order.indexOf(a.verdict) >= order.indexOf(b.verdict) ? a.verdict : b.verdict;
  return { verdict, reasons: [...a.reasons, ...b.reasons] };
}
