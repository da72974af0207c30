import { z } from "zod";
import { wireErrorSchema } from "../../errors/wire-error.ts";
import { EVIDENCE_UNITS } from "./verdict.ts";

/** A figure of one process beside its mates'; `health.figure.<key>`. */
export const figureSchema = z.object({
  key: z.string(),
  unit: z.enum(EVIDENCE_UNITS),
  value: z.number().nullable(),
  matesMedian: z.number().nullable(),
  metric: z.string(),
});
export type Figure = z.output<typeof figureSchema>;

/** What one process tells of itself when it is asked. Each part fails for itself. */
export const instanceDetailsSchema = z.object({
  instance: z.string(),
  figures: z.array(figureSchema),
  services: z.array(z.object({ module: z.string(), state: z.string() })),
  servicesError: wireErrorSchema.nullable(),
  build: z.object({ version: z.string(), revision: z.string(), goVersion: z.string() }).nullable(),
  /** What `/ready` said when it did not say ready; at most 1,000 characters. */
  readyText: z.string(),
});
export type InstanceDetails = z.output<typeof instanceDetailsSchema>;

const pointSchema = z.object({ atMs: z.number(), value: z.number() });

/** One figure over time: the instance's own line in the band of its mates. */
export const evidenceHistorySchema = z.object({
  metric: z.string(),
  unit: z.enum(EVIDENCE_UNITS),
  own: z.array(pointSchema),
  mates: z.array(z.object({ atMs: z.number(), low: z.number(), median: z.number(), high: z.number() })),
});
export type EvidenceHistory = z.output<typeof evidenceHistorySchema>;
