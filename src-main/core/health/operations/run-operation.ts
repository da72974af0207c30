import { AppError, hasCode, isAppError } from "../../../../src-shared/errors/app-error.ts";
import type { OperationPlan, OperationReport, PlanStep } from "../../../../src-shared/model/health/operation.ts";
import type { Clock } from "../../common/clock.ts";
import type { ProgressReport } from "../../jobs/job-definition.ts";
import type { Fingerprint } from "./fingerprint.ts";
import type { HealthSite } from "../health-site.ts";
import { lateSignal } from "./late-signal.ts";
import type { OperationsParts } from "./operations-parts.ts";
import type { SitePages } from "./site-pages.ts";
import type { Sighting, StepContext, StepDetail, StepExecutor } from "./steps/step-executor.ts";
import { STEP_EXECUTORS } from "./steps/step-table.ts";

/** How long an act that was sent may take once the operation was told to stop. */
const GRACE_MS = 15_000;
/** How long the outcome of an act is looked for that was not answered. */
const LOOK_LIMIT_MS = 30_000;
const LOOK_EVERY_MS = 2_000;

export interface RunOptions {
  readonly site: HealthSite;
  readonly plan: OperationPlan;
  readonly fingerprint: Fingerprint;
  readonly reason: string | null;
  /** Where an earlier run got to. */
  readonly before: OperationReport | null;
  readonly pages: SitePages;
  readonly parts: Pick<OperationsParts, "board" | "rings">;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly recheck: (signal: AbortSignal) => Promise<void>;
  readonly commit: (report: OperationReport) => Promise<void>;
  readonly report: (progress: ProgressReport) => void;
}

type StepReport = OperationReport["steps"][number];

/**
 * Carries out a plan. Before an acting request is sent, that it will be is on disk; so after a kill it is looked whether it
 * was done, and it is never sent again. Told to stop, nothing further is begun, but what must be set back is set back.
 * @throws AppError why it did not come to its end; the report that was committed last tells how far it got
 */
export class OperationRun {
  readonly #options: RunOptions;
  #report: OperationReport;
  readonly #resumed: boolean;
  #failure: AppError | null = null;
  #stopped = false;

  constructor(options: RunOptions) {
    const { plan, before, reason } = options;
    this.#options = options;
    this.#resumed = before !== null;
    const fresh = (): StepReport => ({ state: "waiting", startedAtMs: null, endedAtMs: null, detail: null });
    this.#report = {
      plan,
      steps: plan.steps.map((_step, place) => before?.steps[place] ?? fresh()),
      verified: false,
      ...(reason === null ? {} : { reason }),
    };
  }

  async run(): Promise<OperationReport> {
    const { plan } = this.#options;
    for (const [place, step] of plan.steps.entries()) {
      const state = this.#state(place);
      // What failed or was left out is looked at again when the job is taken up again; what was done is done.
      if (state.state === "done") continue;
      // oxlint-disable-next-line no-await-in-loop -- steps are one after the other
      await this.#step(place, step, state);
    }
    const verified = plan.steps.every(({ kind }, place) => kind !== "verify" || this.#state(place).state !== "failed");
    const failure = this.#failure;
    this.#report = {
      ...this.#report,
      verified: verified && failure === null && !this.#stopped,
      ...(failure === null ? {} : { error: failure.toWire() }),
    };
    await this.#options.commit(this.#report);
    if (failure !== null) throw failure;
    return this.#report;
  }

  async #step(place: number, step: PlanStep, state: StepReport): Promise<void> {
    const executor = STEP_EXECUTORS[step.key];
    if (executor === undefined) throw new Error(`no step ${step.key}`);
    const { clock, signal } = this.#options;
    if (signal.aborted) this.#stopped = true;
    const { setsBack } = executor;
    const wanted =
      setsBack === undefined ? !this.#stopped && this.#failure === null : this.#mustSetBack(place, step, setsBack);
    if (!wanted) {
      await this.#change(place, { state: "skipped" });
      return;
    }
    // An act of an earlier run: begun, and perhaps received, whatever came of it.
    const begun = step.kind === "act" && state.startedAtMs !== null;
    const startedAtMs = state.startedAtMs ?? clock.nowMs();
    try {
      if (step.kind === "act" && !begun) this.#requireFresh(setsBack !== undefined);
      await this.#change(place, { state: "running", startedAtMs, endedAtMs: null });
      using late = lateSignal(signal, clock, GRACE_MS);
      const outlives = step.kind === "act" || setsBack !== undefined;
      const context = this.#context(place, step, outlives ? late.signal : signal, startedAtMs);
      const detail = begun ? await this.#settle(context, executor, null) : await this.#do(context, executor);
      await this.#change(place, { state: "done", endedAtMs: clock.nowMs(), ...(detail === null ? {} : { detail }) });
    } catch (error) {
      await this.#failed(place, error);
    }
  }

  async #do(context: StepContext, executor: StepExecutor): Promise<StepDetail | null> {
    try {
      return await executor.run(context);
    } catch (error) {
      if (context.step.kind !== "act" || !hasCode(error, "operation.outcome-unknown")) throw error;
      return this.#settle(context, executor, error);
    }
  }

  /** Finds out whether an act was done, by looking. @throws AppError `operation.outcome-unknown` */
  async #settle(context: StepContext, executor: StepExecutor, unknown: AppError | null): Promise<StepDetail | null> {
    const { clock, step, signal } = context;
    const untilMs = clock.nowMs() + LOOK_LIMIT_MS;
    let seen: Sighting = { done: null, detail: null };
    for (;;) {
      try {
        // oxlint-disable-next-line no-await-in-loop -- one look after the other
        seen = (await executor.look?.(context)) ?? seen;
      } catch (error) {
        if (!isAppError(error)) throw error;
      }
      if (seen.done === true) return seen.detail;
      if (clock.nowMs() >= untilMs || signal.aborted) break;
      // oxlint-disable-next-line no-await-in-loop -- as above
      await clock.sleep(LOOK_EVERY_MS, signal).catch(() => undefined);
    }
    // What is certainly not set back has to be: that was not done, so this does it once.
    if (seen.done === false && executor.setsBack !== undefined) return executor.run(context);
    if (unknown !== null) throw unknown;
    const problem = seen.done === false ? "not seen to be done" : "cannot be told by looking";
    throw new AppError("operation.outcome-unknown", { request: (step.request ?? step.key).slice(0, 200), problem });
  }

  async #failed(place: number, error: unknown): Promise<void> {
    const { clock, signal } = this.#options;
    const endedAtMs = clock.nowMs();
    if (signal.aborted && hasCode(error, "request.cancelled")) {
      this.#stopped = true;
      await this.#change(place, { state: "skipped", endedAtMs });
      return;
    }
    this.#failure ??= isAppError(error) ? error : new AppError("internal", {}, { cause: error });
    await this.#change(place, { state: "failed", endedAtMs });
  }

  /** What was planned long ago and never begun is not begun by taking the job up again. */
  #requireFresh(setsBack: boolean): void {
    const { plan, clock } = this.#options;
    if (!this.#resumed || setsBack || clock.nowMs() <= plan.expiresAtMs) return;
    const minutes = Math.round((plan.expiresAtMs - plan.createdAtMs) / 60_000);
    throw new AppError("operation.plan-expired", { minutes });
  }

  #mustSetBack(place: number, step: PlanStep, { of, unless }: NonNullable<StepExecutor["setsBack"]>): boolean {
    const { steps } = this.#options.plan;
    const begun = steps.some(
      (each, at) =>
        at < place &&
        each.key === of &&
        each.params["instance"] === step.params["instance"] &&
        this.#state(at).startedAtMs !== null,
    );
    const overtaken = steps.some((each, at) => each.key === unless && this.#state(at).state === "done");
    return begun && !overtaken;
  }

  #context(place: number, step: PlanStep, signal: AbortSignal, startedAtMs: number): StepContext {
    const { site, plan, pages, parts, clock, fingerprint, recheck } = this.#options;
    return {
      site,
      plan,
      step,
      pages,
      parts,
      clock,
      signal,
      startedAtMs,
      fingerprint,
      earlier: (key) => this.#earlier(place, step, key),
      tell: async (detail, share = 0) => {
        const shown = this.#state(place).detail;
        if (JSON.stringify(shown) !== JSON.stringify(detail)) await this.#change(place, { detail });
        this.#progress(place, Math.min(1, Math.max(0, share)));
      },
      recheck: () => recheck(signal),
    };
  }

  #earlier(place: number, step: PlanStep, key: string): StepDetail | null {
    const { steps } = this.#options.plan;
    const at = steps.findLastIndex(
      (each, other) => other < place && each.key === key && each.params["instance"] === step.params["instance"],
    );
    return at < 0 ? null : this.#state(at).detail;
  }

  #state(place: number): StepReport {
    return this.#report.steps[place] ?? { state: "waiting", startedAtMs: null, endedAtMs: null, detail: null };
  }

  async #change(place: number, change: Partial<StepReport>): Promise<void> {
    const steps = this.#report.steps.map((each, at) => (at === place ? { ...each, ...change } : each));
    this.#report = { ...this.#report, steps };
    await this.#options.commit(this.#report);
    this.#progress(place, change.state === "done" ? 1 : 0);
  }

  #progress(place: number, share: number): void {
    const { plan, report } = this.#options;
    const total = plan.steps.length;
    report({
      phase: plan.steps[place]?.key ?? "",
      fraction: (place + share) / total,
      done: place,
      total,
      unit: "steps",
    });
  }
}
