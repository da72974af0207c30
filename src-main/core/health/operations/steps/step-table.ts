import { DELETE_STEPS } from "./delete-steps.ts";
import { FLUSH_STEPS } from "./flush-steps.ts";
import { FORGET_STEPS } from "./forget-steps.ts";
import { LEVEL_STEPS } from "./level-steps.ts";
import { SHUTDOWN_STEPS } from "./shutdown-steps.ts";
import type { StepExecutor } from "./step-executor.ts";
import { WORKLOAD_STEPS } from "./workload-steps.ts";

/** How each step of a plan is carried out, by its key. */
export const STEP_EXECUTORS: Readonly<Record<string, StepExecutor>> = {
  "check-target": {
    async run(context) {
      await context.recheck();
      return null;
    },
  },
  ...FLUSH_STEPS,
  ...SHUTDOWN_STEPS,
  ...FORGET_STEPS,
  ...WORKLOAD_STEPS,
  ...LEVEL_STEPS,
  ...DELETE_STEPS,
};
