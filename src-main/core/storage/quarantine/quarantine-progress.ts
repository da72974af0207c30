import { AppError, isAppError } from "../../../../src-shared/errors/app-error.ts";
import type { QuarantineReport } from "../../../../src-shared/model/storage/quarantine.ts";
import type { StorageStep } from "../../../../src-shared/model/storage/storage-plan.ts";
import type { Clock } from "../../common/clock.ts";
import type { QuarantineStepKey } from "./plan-steps.ts";
import type { QuarantineContext } from "./quarantine.job.ts";

const SHOWN_LEFT = 500;
/** Every object is looked at again after a kill: what is committed in between is for those who watch. */
const COMMIT_EVERY_MS = 1_000;

type Counted = "copied" | "verified" | "removed";
export type StepDetail = NonNullable<StorageStep["detail"]>;

const FRESH: StorageStep = { state: "waiting", startedAtMs: null, endedAtMs: null, detail: null };

/** The report of one run, as it grows; every step begins with a commit and ends with one. */
export class QuarantineProgress {
  readonly #context: Pick<QuarantineContext, "commit" | "report" | "signal">;
  readonly #clock: Clock;
  readonly #left = new Set<string>();
  #report: QuarantineReport;
  #committedAtMs = 0;
  #running = -1;

  /** Steps that are safe to do again are done again: the bucket says what is left of each. */
  constructor(context: QuarantineContext, clock: Clock) {
    const { plan, reason } = context.input;
    this.#context = context;
    this.#clock = clock;
    this.#report = {
      plan,
      steps: plan.steps.map(() => FRESH),
      copied: 0,
      verified: 0,
      removed: 0,
      left: [],
      leftCount: 0,
      // Asked before anything was changed: an earlier run's answers are the ones.
      canaries: context.checkpoint?.canaries ?? plan.canaries,
      done: false,
      reason,
    };
  }

  get report(): QuarantineReport {
    return this.#report;
  }

  async step(key: QuarantineStepKey, work: () => Promise<StepDetail | null>): Promise<void> {
    const place = this.#report.plan.steps.findIndex((step) => step.key === key);
    this.#running = place;
    this.#endIfStopped();
    await this.#change(place, { state: "running", startedAtMs: this.#clock.nowMs(), endedAtMs: null });
    try {
      const detail = await work();
      await this.#change(place, { state: "done", endedAtMs: this.#clock.nowMs(), detail });
    } catch (error) {
      const stopped = this.#context.signal.aborted && isAppError(error) && error.category === "cancelled";
      await this.#change(place, { state: stopped ? "skipped" : "failed", endedAtMs: this.#clock.nowMs() });
      throw error;
    }
  }

  /** So many more objects, of `total` in this step. */
  async count(what: Counted, done: number, total: number): Promise<void> {
    this.#report = { ...this.#report, [what]: this.#report[what] + 1 };
    await this.tick(done, total);
  }

  async tick(done: number, total: number): Promise<void> {
    const { steps } = this.#report;
    const share = total === 0 ? 0 : done / total;
    this.#context.report({
      phase: this.#report.plan.steps[this.#running]?.key ?? "",
      fraction: Math.min(1, (Math.max(0, this.#running) + share) / Math.max(1, steps.length)),
      done,
      total,
      unit: "objects",
    });
    if (this.#clock.nowMs() - this.#committedAtMs >= COMMIT_EVERY_MS) await this.#commit();
  }

  /** Stays where it is, and why: a code of `storage.*`. */
  leave(key: string, problem: string): void {
    if (this.#left.has(key)) return;
    this.#left.add(key);
    const left = this.#left.size > SHOWN_LEFT ? this.#report.left : [...this.#report.left, { key, problem }];
    this.#report = { ...this.#report, left, leftCount: this.#left.size };
  }

  canaries(canaries: QuarantineReport["canaries"]): void {
    this.#report = { ...this.#report, canaries };
  }

  async finish(): Promise<QuarantineReport> {
    this.#report = { ...this.#report, done: this.#left.size === 0 };
    await this.#commit();
    return this.#report;
  }

  /** What was not begun is skipped, and why is in the report. */
  async fail(error: AppError | null): Promise<QuarantineReport> {
    const steps = this.#report.steps.map((step) =>
      step.state === "waiting" ? { ...step, state: "skipped" as const } : step,
    );
    this.#report = { ...this.#report, steps, ...(error === null ? {} : { error: error.toWire() }) };
    await this.#commit();
    return this.#report;
  }

  #endIfStopped(): void {
    if (this.#context.signal.aborted) throw new AppError("request.cancelled", {});
  }

  async #change(place: number, change: Partial<StorageStep>): Promise<void> {
    const steps = this.#report.steps.map((step, at) => (at === place ? { ...step, ...change } : step));
    this.#report = { ...this.#report, steps };
    await this.#commit();
  }

  async #commit(): Promise<void> {
    this.#committedAtMs = this.#clock.nowMs();
    await this.#context.commit(this.#report);
  }
}
