import { z } from "zod";
import { changeSubject } from "../../../../src-shared/api/tenants.api.ts";
import {
  limitChangeReportSchema,
  limitPlanSchema,
  type LimitChangeReport,
} from "../../../../src-shared/model/tenants/limit-change.ts";
import type { JobContext, JobDefinition } from "../../jobs/job-definition.ts";

export const LIMITS_CHANGE_JOB = "limits-change";

const contentSchema = z.object({ text: z.string(), annotation: z.string().nullable() });

/** Input of a job of kind `limits-change`: with it alone, it is done, found again after a kill, and put back. */
export const limitsChangeInputSchema = z.object({
  plan: limitPlanSchema,
  reason: z.string(),
  principal: z.string(),
  uid: z.string(),
  before: contentSchema,
  after: contentSchema,
  /** Whether the values differ, so that components will show another hash. */
  hashChanges: z.boolean(),
  /** The hash that components had when the file said the same before; `null` where it is not known. */
  expectedHash: z.string().nullable(),
});
export type LimitsChangeInput = z.output<typeof limitsChangeInputSchema>;

export type LimitsChangeJob = JobDefinition<LimitsChangeInput, LimitChangeReport, LimitChangeReport>;

/** A change of limits as a durable job; its checkpoint is its report, so that it can be followed and taken up again. */
export function createLimitsChangeJob(
  run: (context: JobContext<LimitsChangeInput, LimitChangeReport>) => Promise<LimitChangeReport>,
): LimitsChangeJob {
  return {
    kind: LIMITS_CHANGE_JOB,
    input: limitsChangeInputSchema,
    checkpoint: limitChangeReportSchema,
    output: limitChangeReportSchema,
    canPause: false,
    urgent: true,
    showsCheckpoint: true,
    titleParams: ({ plan: { change, place } }) => ({
      kind: change.kind,
      subject: `${place.name}: ${changeSubject(change)}`,
    }),
    run,
  };
}
