import { z } from "zod";
import { EVIDENCE_UNITS } from "./verdict.ts";

/**
 * What processes of one component are compared by, over the last half minute; `health.mates.<key>`. In the order of the
 * board's columns.
 */
export const MATES_FIGURES = [
  "put-time",
  "put-failures",
  "flush-queue",
  "push-time",
  "push-rate",
  "pushes-in-flight",
  "append-timeouts",
  "streams",
  "scrape-time",
] as const;
export type MatesFigureKey = (typeof MATES_FIGURES)[number];

export const matesFigureSchema = z.object({
  key: z.enum(MATES_FIGURES),
  unit: z.enum(EVIDENCE_UNITS),
  metric: z.string(),
  /** Of those that have the figure; `null` where nobody has. */
  median: z.number().nullable(),
});
export type MatesFigure = z.output<typeof matesFigureSchema>;

/** Everybody of a component side by side. A figure that nobody exports is left out. */
export const matesSchema = z.object({
  component: z.string(),
  /** The round it is as of; `null` before the first. */
  atMs: z.number().nullable(),
  figures: z.array(matesFigureSchema),
  /** `values` in the order of `figures`; `null` is not known, which is not nought. */
  instances: z.array(z.object({ instance: z.string(), values: z.array(z.number().nullable()) })),
});
export type Mates = z.output<typeof matesSchema>;
