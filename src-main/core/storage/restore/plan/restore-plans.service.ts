import type { PlanId } from "../../../../../src-shared/model/ids.ts";
import type { RestorePlanEvent, RestoreRequest } from "../../../../../src-shared/model/storage/restore.ts";
import type { RecoveryCaller } from "../../recovery-desks.ts";
import type { KeptRestorePlan } from "./planned-restore-files.ts";

/** Makes plans of restores and drills, and hands them to who applies them. */
export interface RestorePlans {
  /** Tells how far it is, and at its end the plan, which is kept for an hour. Rejects with `storage.*`. */
  plan(request: RestoreRequest, caller: RecoveryCaller, signal: AbortSignal): AsyncIterable<RestorePlanEvent>;
  /**
   * Gives the plan to a job: from now on its folder stays until `discardPlannedRestore(directory)`; after a restart the job opens
   * it with `openPlannedRestore(directory)`. @throws AppError `operation.plan-unknown`, `operation.plan-expired`, `files.*`
   */
  take(plan: PlanId): KeptRestorePlan;
}
