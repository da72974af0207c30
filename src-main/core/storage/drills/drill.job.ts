import type { JobContext, JobDefinition } from "../../jobs/job-definition.ts";
import {
  drillCheckpointSchema,
  drillInputSchema,
  drillOutputSchema,
  type DrillCheckpoint,
  type DrillInput,
  type DrillOutput,
} from "./drill-checkpoint.ts";

export const DRILL_JOB = "storage-drill";

export type DrillJob = JobDefinition<DrillInput, DrillCheckpoint, DrillOutput>;

/** A drill as a durable job: a restore into a scratch bucket, a scan of that, and a signed report. */
export function createDrillJob(
  run: (context: JobContext<DrillInput, DrillCheckpoint>) => Promise<DrillOutput>,
): DrillJob {
  return {
    kind: DRILL_JOB,
    input: drillInputSchema,
    checkpoint: drillCheckpointSchema,
    output: drillOutputSchema,
    canPause: true,
    showsCheckpoint: true,
    titleParams: ({ store, into }) => ({ store, into }),
    tenants: () => "every",
    run,
  };
}
