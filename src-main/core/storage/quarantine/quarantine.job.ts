import { z } from "zod";
import {
  quarantinePlanSchema,
  quarantineReportSchema,
  type QuarantineReport,
} from "../../../../src-shared/model/storage/quarantine.ts";
import type { JobContext, JobDefinition } from "../../jobs/job-definition.ts";

export const QUARANTINE_JOB = "storage-quarantine";

/** Input of a job of kind `storage-quarantine`. Objects beyond those that the plan shows are in the profile, by the plan's id. */
export const quarantineInputSchema = z.object({
  plan: quarantinePlanSchema,
  reason: z.string(),
  principal: z.string(),
  /** `s3://bucket` or a folder, for people. */
  title: z.string(),
});
export type QuarantineInput = z.output<typeof quarantineInputSchema>;

export type QuarantineContext = JobContext<QuarantineInput, QuarantineReport>;
export type QuarantineJob = JobDefinition<QuarantineInput, QuarantineReport, QuarantineReport>;

/** Setting aside, or bringing back, as a durable job; its checkpoint is its report, so that it can be followed. */
export function createQuarantineJob(run: (context: QuarantineContext) => Promise<QuarantineReport>): QuarantineJob {
  return {
    kind: QUARANTINE_JOB,
    input: quarantineInputSchema,
    checkpoint: quarantineReportSchema,
    output: quarantineReportSchema,
    canPause: true,
    urgent: true,
    showsCheckpoint: true,
    titleParams: ({ plan: { request, count }, title }) => ({
      kind: request.kind === "undo" ? "undo" : "set-aside",
      count,
      store: title.slice(0, 200),
    }),
    run,
  };
}
