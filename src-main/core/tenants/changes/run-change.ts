import { AppError, hasCode, isAppError } from "../../../../src-shared/errors/app-error.ts";
import type { LimitChangeReport } from "../../../../src-shared/model/tenants/limit-change.ts";
import type { JobContext } from "../../jobs/job-definition.ts";
import type { HealthSite } from "../../health/health-site.ts";
import { freshReport, stepOf, withStep, type StepDetail } from "./change-report.ts";
import type { ChangesParts } from "./changes-parts.ts";
import { readComponents } from "./component-states.ts";
import { baselineOf, baselineDetail, converge } from "./converge.ts";
import type { LimitsChangeInput } from "./limits-change.job.ts";
import type { ChangeStepKey } from "./plan-steps.ts";
import type { RuntimeMapStore } from "./runtime-map.ts";
import { verifyValues } from "./verify-values.ts";
import { conflict, isThere, settle, writeOnce, type MapWrite } from "./write-map.ts";

export interface ChangeRunOptions {
  readonly input: LimitsChangeInput;
  /** Where an earlier run got to. */
  readonly before: LimitChangeReport | null;
  readonly site: HealthSite;
  readonly store: RuntimeMapStore;
  readonly parts: Pick<ChangesParts, "clock" | "convergence" | "logger" | "parseExposition" | "publishedLimits">;
  readonly signal: AbortSignal;
  readonly commit: (report: LimitChangeReport) => Promise<void>;
  readonly progress: JobContext<unknown, unknown>["report"];
}

/** A write is not cut off: it has a time limit of its own, and an answer is worth more than half a minute. */
const UNCUT = new AbortController().signal;

/**
 * Carries out a change. That the ConfigMap will be written is on disk before it is; so after a kill it is looked whether it was.
 * A file that a component refuses is taken back, if it still is ours.
 * @throws AppError why it did not come to its end; the report that was committed last tells how far it got
 */
export class ChangeRun {
  readonly #options: ChangeRunOptions;
  #report: LimitChangeReport;

  constructor(options: ChangeRunOptions) {
    this.#options = options;
    const { error: _error, ...before } = options.before ?? freshReport(options.input.plan);
    this.#report = before;
  }

  async run(): Promise<LimitChangeReport> {
    try {
      await this.#step("look-again", () => this.#lookAgain());
      await this.#step("write-map", (begun) => this.#write(begun));
      await this.#step("converge", () => this.#converge());
      await this.#step("verify-values", () => this.#verify());
      await this.#change(withStep(this.#report, "put-back", { state: "skipped" }));
      await this.#change({ ...this.#report, verified: true });
      return this.#report;
    } catch (error) {
      return await this.#failed(error);
    }
  }

  async #failed(error: unknown): Promise<LimitChangeReport> {
    const { signal } = this.#options;
    if (signal.aborted && !(isAppError(error) && error.code.startsWith("tenants."))) {
      await this.#skipRest();
      return this.#report;
    }
    if (!isAppError(error)) throw error;
    const failure = hasCode(error, "tenants.reload-refused") ? await this.#putBack(error) : error;
    await this.#skipRest();
    await this.#change({ ...this.#report, error: failure.toWire() });
    throw failure;
  }

  async #step(key: ChangeStepKey, work: (begun: boolean) => Promise<StepDetail | null>): Promise<void> {
    const { parts, signal } = this.#options;
    const { clock } = parts;
    const { state, startedAtMs } = stepOf(this.#report, key);
    if (state === "done") return;
    if (signal.aborted) throw new AppError("request.cancelled", {});
    const begun = startedAtMs !== null && state !== "skipped";
    // What failed is looked at anew when the job is taken up again, with all its time.
    const since = begun && state !== "failed" ? startedAtMs : clock.nowMs();
    await this.#change(withStep(this.#report, key, { state: "running", startedAtMs: since, endedAtMs: null }));
    try {
      const detail = await work(begun);
      const shown = detail === null ? {} : { detail };
      await this.#change(withStep(this.#report, key, { state: "done", endedAtMs: clock.nowMs(), ...shown }));
    } catch (error) {
      const stopped = signal.aborted && hasCode(error, "request.cancelled");
      const endedAtMs = clock.nowMs();
      await this.#change(withStep(this.#report, key, { state: stopped ? "skipped" : "failed", endedAtMs }));
      throw error;
    }
  }

  async #lookAgain(): Promise<StepDetail> {
    const { input, store, site, parts, signal, before } = this.#options;
    const { plan } = input;
    // What was planned long ago and never begun is not begun by taking the job up again.
    if (before !== null && parts.clock.nowMs() > plan.expiresAtMs) {
      throw new AppError("operation.plan-expired", {
        minutes: Math.round((plan.expiresAtMs - plan.createdAtMs) / 60_000),
      });
    }
    const seen = await store.read(plan.place, signal);
    const same = isThere(seen, { uid: input.uid, content: input.before });
    if (!same || seen.resourceVersion !== plan.place.resourceVersion) throw conflict(plan.place, seen);
    const states = await readComponents(site.targets, parts.parseExposition, parts.clock, signal);
    return baselineDetail(states);
  }

  async #write(begun: boolean): Promise<StepDetail> {
    const { input, store, parts } = this.#options;
    const { place } = input.plan;
    const write: MapWrite = {
      store,
      place,
      uid: input.uid,
      resourceVersion: place.resourceVersion,
      content: input.after,
      clock: parts.clock,
    };
    const version = begun ? await settle(write, null, UNCUT) : await writeOnce(write, UNCUT);
    this.#report = { ...this.#report, writtenVersion: version };
    return { key: "written", params: { version } };
  }

  async #converge(): Promise<StepDetail> {
    const { input, site, parts, signal } = this.#options;
    const { startedAtMs } = stepOf(this.#report, "converge");
    return converge({
      targets: site.targets,
      parts,
      signal,
      startedAtMs: startedAtMs ?? parts.clock.nowMs(),
      baseline: baselineOf(stepOf(this.#report, "look-again").detail),
      expected: input.expectedHash,
      hashChanges: input.hashChanges,
      tell: async (rows, detail, share) => {
        await this.#change(withStep({ ...this.#report, convergence: [...rows] }, "converge", { detail }), share);
      },
    });
  }

  async #verify(): Promise<StepDetail> {
    const { input, store, site, parts, signal } = this.#options;
    const { plan } = input;
    const seen = await store.read(plan.place, signal);
    if (!isThere(seen, { uid: input.uid, content: input.after })) throw conflict(plan.place, seen);
    const { held, detail, problem } = await verifyValues({ site, plan, parts, signal });
    this.#report = { ...this.#report, held: [...held] };
    if (problem !== null) throw new AppError("operation.not-verified", { what: problem, seconds: 0 });
    return detail;
  }

  /** What was there before, unless somebody else has changed the ConfigMap since. */
  async #putBack(refused: AppError<"tenants.reload-refused">): Promise<AppError> {
    const { input, store, parts } = this.#options;
    const { place } = input.plan;
    const { clock } = parts;
    const startedAtMs = clock.nowMs();
    await this.#change(withStep(this.#report, "put-back", { state: "running", startedAtMs, endedAtMs: null }));
    const done = (restored: "yes" | "no", detail: StepDetail) => {
      const state = restored === "yes" ? ("done" as const) : ("failed" as const);
      const change = withStep(this.#report, "put-back", { state, endedAtMs: clock.nowMs(), detail });
      return this.#change(change).then(
        () => new AppError("tenants.reload-refused", { ...refused.params, restored }, { cause: refused }),
      );
    };
    try {
      const seen = await store.read(place, UNCUT);
      const back = { uid: input.uid, content: input.before };
      if (isThere(seen, back)) return await done("yes", { key: "put-back", params: { version: seen.resourceVersion } });
      if (!isThere(seen, { uid: input.uid, content: input.after })) throw conflict(place, seen);
      const { resourceVersion } = seen;
      const version = await writeOnce({ store, place, resourceVersion, clock, ...back }, UNCUT);
      return await done("yes", { key: "put-back", params: { version } });
    } catch (error) {
      if (!isAppError(error)) throw error;
      parts.logger.warn("what was refused could not be put back", { code: error.code, ...error.params });
      return done("no", { key: "not-put-back", params: { problem: error.code } });
    }
  }

  async #skipRest(): Promise<void> {
    const { steps } = this.#report;
    const left = steps.map((step) => (step.state === "waiting" ? { ...step, state: "skipped" as const } : step));
    await this.#change({ ...this.#report, steps: left });
  }

  async #change(report: LimitChangeReport, share = 0): Promise<void> {
    this.#report = report;
    await this.#options.commit(report);
    const { steps, plan } = report;
    const done = steps.filter(({ state }) => state === "done" || state === "skipped").length;
    const running = plan.steps[steps.findIndex(({ state }) => state === "running")];
    this.#options.progress({
      phase: running?.key ?? "",
      fraction: Math.min(1, (done + Math.min(1, Math.max(0, share))) / steps.length),
      done,
      total: steps.length,
      unit: "steps",
    });
  }
}
