import { z } from "zod";
import { cardinalityReportSchema, cardinalityRequestSchema } from "../../../../src-shared/model/tenants/cardinality.ts";
import type { JobContext, JobDefinition } from "../../jobs/job-definition.ts";
import { seriesSliceSchema } from "./series-slice.ts";

export const CARDINALITY_JOB = "cardinality";

/** Where a sample is: what is left to read, and how much of the journal counts. */
export const sampleCheckpointSchema = z.object({
  /** Whether a series is kept hangs on it, also behind a restart. */
  seed: z.number().int(),
  startMs: z.number(),
  endMs: z.number(),
  journalBytes: z.number().int().min(0),
  /** The next one last. */
  slices: z.array(seriesSliceSchema),
  slicesDone: z.number().int(),
  seriesRead: z.number().int(),
  seriesKnown: z.number().nullable(),
  partial: cardinalityReportSchema.shape.partial,
});
export type SampleCheckpoint = z.output<typeof sampleCheckpointSchema>;

export const sampleOutputSchema = z.object({
  takenAtMs: z.number(),
  series: z.number(),
  labels: z.number(),
  sampledShare: z.number(),
});
export type SampleOutput = z.output<typeof sampleOutputSchema>;

export const sampleInputSchema = cardinalityRequestSchema;
export type SampleInput = z.output<typeof sampleInputSchema>;

export type SampleContext = JobContext<SampleInput, SampleCheckpoint>;
export type SampleJob = JobDefinition<SampleInput, SampleCheckpoint, SampleOutput>;

/** Sampling as a durable job: what was read is in a journal, and is not asked for again. */
export function createCardinalityJob(run: (context: SampleContext) => Promise<SampleOutput>): SampleJob {
  return {
    kind: CARDINALITY_JOB,
    input: sampleInputSchema,
    checkpoint: sampleCheckpointSchema,
    output: sampleOutputSchema,
    canPause: true,
    titleParams: ({ tenant }) => ({ tenant }),
    tenants: ({ tenant }) => [tenant],
    run,
  };
}
