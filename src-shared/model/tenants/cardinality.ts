import { z } from "zod";
import { jobIdSchema, siteIdSchema } from "../ids.ts";
import { tenantIdSchema } from "../tenant-id.ts";

export const ID_SHAPES = ["uuid", "trace", "ip", "timestamp", "hash", "path", "number", "id", "email"] as const;

const labelNameSchema = z.string().min(1).max(1_024);

/** What is done with a label: taken away, hashed into so many values, or moved to structured metadata. */
export const labelChangeSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("drop"), label: labelNameSchema }),
  z.object({ kind: z.literal("metadata"), label: labelNameSchema }),
  z.object({ kind: z.literal("hash"), label: labelNameSchema, buckets: z.number().int().min(1).max(65_536) }),
]);
export type LabelChange = z.output<typeof labelChangeSchema>;

/** What is sampled: a job of kind `cardinality`. */
export const cardinalityRequestSchema = z.object({
  site: siteIdSchema,
  tenant: tenantIdSchema,
  /** A stream selector, or empty for all streams. */
  selector: z.string().max(10_000),
  /** How far back, from now. */
  lastMinutes: z.number().int().min(5).max(43_200),
  /** Lines that are read to look for fields; 0 for none. */
  sampleLines: z.number().int().min(0).max(100_000),
});
export type CardinalityRequest = z.output<typeof cardinalityRequestSchema>;

export const labelProfileSchema = z.object({
  label: z.string(),
  values: z.number(),
  series: z.number(),
  top: z.array(z.object({ value: z.string(), series: z.number() })),
  samples: z.array(z.string()),
  /** What most values look like; `null` where they are words like any other. */
  shape: z.string().nullable(),
  shapeShare: z.number(),
  idLike: z.boolean(),
  /** Values a day before, from the ledger; `null` where it does not say. */
  valuesDayBefore: z.number().nullable(),
  /** Streams there would be without it: what it multiplies. */
  streamsWithout: z.number(),
});

/** A field of JSON or logfmt lines. */
export const fieldCandidateSchema = z.object({
  field: z.string(),
  lines: z.number(),
  values: z.number(),
  shape: z.string().nullable(),
  samples: z.array(z.string()),
  /** `usage as a label`: few values that tell streams apart; `metadata`: an id to be kept beside the line. */
  verdict: z.enum(["label", "metadata", "none"]),
});

export const cardinalityReportSchema = z.object({
  job: jobIdSchema,
  request: cardinalityRequestSchema,
  takenAtMs: z.number(),
  /** Series in the table, and how many there are by the index (`null`: nobody tells). */
  series: z.number(),
  seriesKnown: z.number().nullable(),
  /** Share of the series that are in the table, 0…1; 1 where all are. */
  sampledShare: z.number(),
  /** Why less than all was read: `cardinality.partial.<key>`. */
  partial: z.array(z.object({ key: z.string(), params: z.record(z.string(), z.union([z.string(), z.number()])) })),
  seriesDayBefore: z.number().nullable(),
  /** `loki_ingester_memory_streams` of the tenant; `null` where it was not seen. */
  memoryStreams: z.number().nullable(),
  labels: z.array(labelProfileSchema),
  combinations: z.array(z.object({ labels: z.array(z.string()), series: z.number() })),
  fields: z.array(fieldCandidateSchema),
  /** Labels that should be fields: taking them away would at least halve the streams, or their values are ids. */
  suggested: z.array(labelChangeSchema),
});
export type CardinalityReport = z.output<typeof cardinalityReportSchema>;

/** What would be behind the changes, with what is not certain of it. */
export const whatIfSchema = z.object({
  changes: z.array(labelChangeSchema),
  streams: z.object({ before: z.number(), after: z.number(), low: z.number(), high: z.number() }),
  /** `null` where what comes in is not known. */
  chunksPerHour: z.object({ before: z.number(), after: z.number() }).nullable(),
  memoryBytes: z.object({ before: z.number(), after: z.number() }).nullable(),
  /** Figures that the prediction used, and where they are from: `cardinality.fact.<key>`. */
  facts: z.array(z.object({ key: z.string(), value: z.number(), from: z.string() })),
  promtail: z.string(),
  alloy: z.string(),
  tookMs: z.number(),
});
export type WhatIf = z.output<typeof whatIfSchema>;

/** A plan to stop an explosion now: what to paste where, in which order, and how to see that it works. */
export const emergencyPlanSchema = z.object({
  label: z.string(),
  tenant: z.string(),
  steps: z.array(
    z.object({
      key: z.string(),
      params: z.record(z.string(), z.union([z.string(), z.number()])),
      /** What is pasted or run, to the letter. */
      text: z.string().nullable(),
    }),
  ),
});
export type EmergencyPlan = z.output<typeof emergencyPlanSchema>;
