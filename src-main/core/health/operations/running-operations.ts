import { AppError } from "../../../../src-shared/errors/app-error.ts";
import type { Operation, OperationPlan } from "../../../../src-shared/model/health/operation.ts";
import type { JobId, PlanId, SiteId } from "../../../../src-shared/model/ids.ts";
import type { OperationJobs } from "./operations-parts.ts";

interface Taken {
  readonly plan: PlanId;
  readonly operation: Operation;
  /** `null` while it is being submitted, or when it was taken up again. */
  job: JobId | null;
  running: boolean;
}

/** Which operation each site is busy with: one at a time, from the moment it is applied until its job has ended. */
export class RunningOperations {
  readonly #bySite = new Map<SiteId, Taken>();
  readonly #jobs: () => OperationJobs;

  constructor(jobs: () => OperationJobs) {
    this.#jobs = jobs;
  }

  /** Operations of a site other than the one of `plan`. */
  others(site: SiteId, plan: PlanId | null): readonly Operation[] {
    const taken = this.#alive(site);
    return taken === null || taken.plan === plan ? [] : [taken.operation];
  }

  /** Takes a site for a plan that is applied. @throws AppError `operation.other-running` */
  take(plan: OperationPlan): void {
    const taken = this.#alive(plan.site);
    if (taken !== null) throw new AppError("operation.other-running", { operation: taken.operation.kind });
    this.#bySite.set(plan.site, { plan: plan.id, operation: plan.operation, job: null, running: false });
  }

  submitted({ site, id }: OperationPlan, job: JobId): void {
    const taken = this.#bySite.get(site);
    if (taken?.plan === id) taken.job = job;
  }

  /** Its job begins, for the first time or again. @throws AppError `operation.other-running` */
  begin(plan: OperationPlan): void {
    if (this.#bySite.get(plan.site)?.plan !== plan.id) this.take(plan);
    const taken = this.#bySite.get(plan.site);
    if (taken !== undefined) taken.running = true;
  }

  release({ site, id }: OperationPlan): void {
    if (this.#bySite.get(site)?.plan === id) this.#bySite.delete(site);
  }

  /** One that was cancelled while it waited never began, and never ended. */
  #alive(site: SiteId): Taken | null {
    const taken = this.#bySite.get(site);
    if (taken === undefined) return null;
    if (taken.running || taken.job === null) return taken;
    const { state } = this.#jobs().get(taken.job);
    if (state === "queued" || state === "running") return taken;
    this.#bySite.delete(site);
    return null;
  }
}
