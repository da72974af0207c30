import { z } from "zod";
import { restoreReportSchema, type RestoreReport } from "../../../../../src-shared/model/storage/restore.ts";
import type { JobContext, JobDefinition } from "../../../jobs/job-definition.ts";
import { restoreCheckpointSchema, type RestoreCheckpoint } from "./restore-checkpoint.ts";

export const RESTORE_JOB = "storage-restore";

/** Input of a job of kind `storage-restore`: the plan itself, which may be large, lies in the folder. */
export const restoreInputSchema = z.object({
  directory: z.string(),
  store: z.string(),
  objects: z.number(),
  reason: z.string(),
  principal: z.string(),
});
export type RestoreInput = z.output<typeof restoreInputSchema>;

export type RestoreJob = JobDefinition<RestoreInput, RestoreCheckpoint, RestoreReport>;

/** A restore as a durable job. Its checkpoint is its report and more, so that it can be followed and taken up again. */
export function createRestoreJob(
  run: (context: JobContext<RestoreInput, RestoreCheckpoint>) => Promise<RestoreReport>,
): RestoreJob {
  return {
    kind: RESTORE_JOB,
    input: restoreInputSchema,
    checkpoint: restoreCheckpointSchema,
    output: restoreReportSchema,
    canPause: true,
    urgent: true,
    showsCheckpoint: true,
    titleParams: ({ store, objects }) => ({ store, objects }),
    run,
  };
}
