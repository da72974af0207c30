import { z } from "zod";
import { operationPlanSchema } from "../../../../src-shared/model/health/operation.ts";

/** Input of a job of kind `health-operation`. The plan is kept without its preview: that is log text. */
export const operationInputSchema = z.object({
  plan: operationPlanSchema,
  /** Why it is done though it is not known to be safe; `null` when it is. */
  reason: z.string().nullable(),
  principal: z.string(),
  /** What the plan saw, by what a person would call it: a pod's uid, a member's address and state, … */
  fingerprint: z.record(z.string(), z.string()),
});
export type OperationInput = z.output<typeof operationInputSchema>;
