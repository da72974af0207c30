import { AppError } from "../../../../src-shared/errors/app-error.ts";
import type { JobId, PlanId, SiteId } from "../../../../src-shared/model/ids.ts";
import type { LimitChange, LimitPlan } from "../../../../src-shared/model/tenants/limit-change.ts";
import type { ChangeCaller, ChangesDesk, ListedChange } from "./changes-desk.ts";
import type { ChangesParts } from "./changes-parts.ts";
import { createLimitsChangeJob, type LimitsChangeJob } from "./limits-change.job.ts";

/**
 * Changes of a site's limits: planned, looked at, applied as a job, verified, taken back. A plan writes nothing. Applying writes
 * the ConfigMap once, provided it still is what the plan saw, and watches every component take it.
 */
export class ChangesService implements ChangesDesk {
  readonly job: LimitsChangeJob;
  readonly #parts: ChangesParts;

  constructor(parts: ChangesParts) {
    this.#parts = parts;
    this.job = createLimitsChangeJob(() => Promise.reject(new AppError("operation.plan-unknown", { plan: "" })));
  }

  async plan(_site: SiteId, _change: LimitChange, _caller: ChangeCaller, _signal: AbortSignal): Promise<LimitPlan> {
    throw new AppError("operation.plan-unknown", { plan: "" });
  }

  async apply(id: PlanId, _reason: string, _caller: ChangeCaller, _signal: AbortSignal): Promise<JobId> {
    throw new AppError("operation.plan-unknown", { plan: id });
  }

  list(site: SiteId, limit: number): readonly ListedChange[] {
    return this.#parts.book.list(site, limit).map(({ job, atMs, input, report, state }) => ({
      job,
      atMs,
      principal: input.principal,
      state,
      report,
    }));
  }
}
