import { randomUUID } from "node:crypto";
import { AppError, isAppError } from "../../../../src-shared/errors/app-error.ts";
import type { DeleteRequest } from "../../../../src-shared/model/health/delete-request.ts";
import type {
  Operation,
  OperationPlan,
  OperationReport,
  SafeNow,
} from "../../../../src-shared/model/health/operation.ts";
import { type JobId, type PlanId, planIdSchema, type SiteId } from "../../../../src-shared/model/ids.ts";
import { PLAN_LIFETIME_MS, PlanBook } from "../../common/plan-book.ts";
import type { JobContext } from "../../jobs/job-definition.ts";
import type { HealthSite } from "../health-site.ts";
import { listDeleteRequests } from "./adapters/delete-requests.ts";
import { fingerprintOf, whatMoved, type Fingerprint } from "./fingerprint.ts";
import { lateSignal } from "./late-signal.ts";
import type { OperationCaller, OperationDesk } from "./operation-desk.ts";
import type { OperationFacts } from "./operation-facts.ts";
import type { OperationInput } from "./operation-input.ts";
import type { OperationsParts } from "./operations-parts.ts";
import { createOperationJob, type OperationJob } from "./operation.job.ts";
import { planSteps } from "./plans/plan-steps.ts";
import { readFacts } from "./read-facts.ts";
import { OperationRun } from "./run-operation.ts";
import { RunningOperations } from "./running-operations.ts";
import { safeNow } from "./safe-now.ts";
import { SitePages } from "./site-pages.ts";

const PREVIEW_LINES = 20;
const OPEN_GRACE_MS = 15_000;
const MOST_PLANS = 500;

interface KeptPlan {
  readonly plan: OperationPlan;
  readonly fingerprint: Fingerprint;
}

/**
 * Operations on a site's Loki: planned, looked at, applied as a job, verified. A plan sends nothing that acts. Applying looks
 * at everything again: what has moved makes the plan stale, and what is not known to be safe needs a reason from somebody
 * who may override. A site has one operation at a time.
 */
export class OperationsService implements OperationDesk {
  readonly job: OperationJob;
  readonly #parts: OperationsParts;
  readonly #plans: PlanBook<KeptPlan>;
  readonly #running: RunningOperations;

  constructor(parts: OperationsParts) {
    this.#parts = parts;
    this.#plans = new PlanBook(parts.clock, MOST_PLANS);
    this.#running = new RunningOperations(parts.jobs);
    this.job = createOperationJob((context) => this.#run(context));
  }

  /** @throws AppError `operation.unsupported`, and why the site or what the operation is about could not be read */
  async plan(
    site: SiteId,
    operation: Operation,
    _caller: OperationCaller,
    signal: AbortSignal,
  ): Promise<OperationPlan> {
    const { clock } = this.#parts;
    const opened = await this.#parts.openSite(site, signal);
    const facts = await this.#facts(opened, operation, null, signal);
    const planned = planSteps(operation, { site: opened, facts });
    const { preview, effects } = await this.#preview(site, facts, signal);
    const createdAtMs = clock.nowMs();
    const plan: OperationPlan = {
      id: planIdSchema.parse(randomUUID()),
      site,
      operation,
      createdAtMs,
      expiresAtMs: createdAtMs + PLAN_LIFETIME_MS,
      safe: safeNow(operation, facts),
      ...planned,
      effects: [...planned.effects, ...effects],
      preview,
    };
    this.#plans.keep({ plan, fingerprint: fingerprintOf(operation, facts) });
    return plan;
  }

  /**
   * @throws AppError `operation.plan-unknown`, `operation.plan-expired`, `operation.plan-stale`, `operation.other-running`,
   * `operation.unsafe` without a reason, `operation.override-forbidden` with one from somebody who may not override
   */
  async apply(id: PlanId, reason: string | null, caller: OperationCaller, signal: AbortSignal): Promise<JobId> {
    const { plan, fingerprint } = this.#plans.get(id);
    this.#running.take(plan);
    try {
      const site = await this.#parts.openSite(plan.site, signal);
      const safe = await this.#lookAgain(site, plan, fingerprint, signal);
      this.#allow(safe, reason, caller);
      const given = safe.answer === "yes" ? null : reason;
      const input: OperationInput = {
        // Log text does not belong into the store of jobs.
        plan: { ...plan, safe, preview: [] },
        reason: given,
        principal: caller.principal,
        fingerprint: { ...fingerprint },
      };
      // Submitting may begin it at once; that it has this site is known already.
      const job = this.#parts.jobs().submit(this.job, input, caller.principal);
      this.#running.submitted(plan, job);
      this.#plans.spend(id);
      return job;
    } catch (error) {
      this.#running.release(plan);
      throw error;
    }
  }

  async deleteRequests(site: SiteId, tenant: string, signal: AbortSignal): Promise<DeleteRequest[]> {
    const { transport } = await this.#parts.openSite(site, signal);
    return listDeleteRequests(transport, tenant, signal);
  }

  /** What a delete request would remove. That it cannot be shown does not keep anybody from cancelling it. */
  async #preview(
    site: SiteId,
    { deleteRequest }: OperationFacts,
    signal: AbortSignal,
  ): Promise<Pick<OperationPlan, "preview" | "effects">> {
    if (deleteRequest === null) return { preview: [], effects: [] };
    const { tenant, query, startMs, endMs } = deleteRequest;
    const question = { site, tenant, query, startMs, endMs, limit: PREVIEW_LINES };
    try {
      const lines = await this.#parts.previewLines(question, signal);
      return {
        preview: lines.slice(0, PREVIEW_LINES).map(({ timestampNs, line }) => ({ timestampNs, line })),
        effects: [],
      };
    } catch (error) {
      if (signal.aborted || !isAppError(error)) throw error;
      return { preview: [], effects: [{ key: "preview-unread", params: { problem: error.code } }] };
    }
  }

  async #run({ input, checkpoint, signal, commit, report }: JobContext<OperationInput, OperationReport>) {
    const { plan, fingerprint, reason } = input;
    const { clock, board, rings, announcer } = this.#parts;
    this.#running.begin(plan);
    try {
      // Told to stop, it may have to set something back.
      using late = lateSignal(signal, clock, OPEN_GRACE_MS);
      const site = await this.#parts.openSite(plan.site, late.signal);
      const operationRun = new OperationRun({
        site,
        plan,
        fingerprint,
        reason,
        before: checkpoint,
        pages: new SitePages(site.targets, clock),
        parts: { board, rings },
        clock,
        signal,
        recheck: async (inner) => {
          const safe = await this.#lookAgain(site, plan, fingerprint, inner);
          if (safe.answer !== "yes" && reason === null) throw unsafe(safe);
        },
        commit,
        report,
      });
      return await operationRun.run();
    } finally {
      this.#running.release(plan);
      announcer.changed("health");
    }
  }

  /** @throws AppError `operation.plan-stale` when something of the plan is not as it was */
  async #lookAgain(
    site: HealthSite,
    plan: OperationPlan,
    fingerprint: Fingerprint,
    signal: AbortSignal,
  ): Promise<SafeNow> {
    const facts = await this.#facts(site, plan.operation, plan.id, signal);
    const what = whatMoved(fingerprint, fingerprintOf(plan.operation, facts));
    if (what !== null) throw new AppError("operation.plan-stale", { what });
    return safeNow(plan.operation, facts);
  }

  #allow(safe: SafeNow, reason: string | null, { role }: OperationCaller): void {
    if (safe.answer === "yes") return;
    if (reason === null || reason.trim() === "") throw unsafe(safe);
    if (!this.#parts.may(role, "health.override")) throw new AppError("operation.override-forbidden", { role });
  }

  #facts(site: HealthSite, operation: Operation, plan: PlanId | null, signal: AbortSignal): Promise<OperationFacts> {
    const pages = new SitePages(site.targets, this.#parts.clock);
    const running = this.#running.others(site.id, plan);
    return readFacts({ parts: this.#parts, site, pages, running }, operation, signal);
  }
}

function unsafe({ reasons }: SafeNow): AppError {
  const names = new Set(reasons.filter(({ weight }) => weight !== "notes").map(({ kind }) => kind));
  return new AppError("operation.unsafe", { reasons: [...names].join(", ") });
}
