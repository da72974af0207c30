import { z } from "zod";
import { limitGaugeSchema, LIMIT_SOURCES, LIMIT_UNITS } from "./board.ts";

const paramsSchema = z.record(z.string(), z.union([z.string(), z.number()]));

/** What one refusal of Loki's means. Found in a text that was pasted, or made from a tenant's discards. */
export const refusalExplanationSchema = z.object({
  reason: z.string(),
  path: z.enum(["push", "query", "tail", "rules", "delete"]),
  tenant: z.string().nullable(),
  /** The key of `limits_config`; `null` where no limit is behind it. */
  limit: z.string().nullable(),
  unit: z.enum([...LIMIT_UNITS, "time"]),
  /** The value that refused, as Loki wrote it or as the site has it, and where that comes from. */
  value: z.string().nullable(),
  valueNumber: z.number().nullable(),
  valueFrom: z.enum(["text", ...LIMIT_SOURCES]),
  /** What was asked for. */
  asked: z.string().nullable(),
  askedNumber: z.number().nullable(),
  stream: z.string().nullable(),
  /** Lines that were refused, of those in the request: a 400 can be partly applied. */
  ignored: z.object({ lines: z.number(), of: z.number() }).nullable(),
  /** `tenants.refusal.note.<key>`. */
  notes: z.array(z.string()),
  /** The limit's use now. */
  gauge: limitGaugeSchema.nullable(),
  /** Around the refusal: what was taken and what was refused. */
  curve: z.array(
    z.object({ atMs: z.number(), taken: z.number().nullable(), refusedLinesPerSecond: z.number().nullable() }),
  ),
  /** Who sends it, most first: stream → pod → workload. What is not known is `null`. */
  senders: z.array(
    z.object({
      stream: z.string(),
      pod: z.string().nullable(),
      workload: z.string().nullable(),
      namespace: z.string().nullable(),
      bytesPerSecond: z.number().nullable(),
      share: z.number().nullable(),
    }),
  ),
  /**
   * What to do, best first: `tenants.advice.<kind>` with `params`. `raise-limit` names the smallest new value with room
   * (`key`, `from`, `to`, `toText`); the others are better than a raise where they fit.
   */
  advice: z.array(
    z.object({
      kind: z.enum([
        "raise-limit",
        "raise-burst",
        "split-stream",
        "shard-streams",
        "fewer-labels",
        "shorten-lines",
        "truncate-lines",
        "fix-clock",
        "send-sooner",
        "narrow-query",
        "shorten-range",
        "unblock",
        "fix-labels",
        "ask-sender",
        "wait",
      ]),
      params: paramsSchema,
    }),
  ),
  /** What could not be found out: `tenants.gap.<key>` with `params`. */
  gaps: z.array(z.object({ key: z.string(), params: paramsSchema })),
});
export type RefusalExplanation = z.output<typeof refusalExplanationSchema>;
