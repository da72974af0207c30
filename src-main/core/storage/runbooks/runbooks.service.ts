import { randomUUID } from "node:crypto";
import type { Runbook, RunbookRun } from "../../../../src-shared/model/storage/recovery.ts";
import { AppError, isAppError } from "../../../../src-shared/errors/app-error.ts";
import type { Clock } from "../../common/clock.ts";
import type { Announcer } from "../../common/topics.ts";
import type { RecoveryCaller, RunbooksDesk } from "../recovery-desks.ts";
import { runbookOf } from "./runbook-book.ts";
import { isCheckName, type CheckFound, type RunAbout, type RunbookChecks } from "./runbook-checks.ts";
import type { RunbookRuns } from "./runbook-runs.ts";

export interface RunbooksOptions {
  readonly runbooks: readonly Runbook[];
  readonly runs: RunbookRuns;
  readonly checks: RunbookChecks;
  readonly clock: Clock;
  readonly announcer: Announcer;
}

type RunStep = RunbookRun["steps"][number];

/** Runbooks, and who went through them. Every error of an unknown run or step is `recovery.runbook-unknown`. */
export class RunbooksService implements RunbooksDesk {
  readonly #options: RunbooksOptions;

  constructor(options: RunbooksOptions) {
    this.#options = options;
  }

  list(): readonly Runbook[] {
    return this.#options.runbooks;
  }

  runs(limit: number): readonly RunbookRun[] {
    return this.#options.runs.list(limit);
  }

  start(runbook: string, { site, store }: RunAbout, { principal }: RecoveryCaller): RunbookRun {
    const { runbooks, clock } = this.#options;
    const { id, steps } = runbookOf(runbooks, runbook);
    const run: RunbookRun = {
      run: randomUUID(),
      runbook: id,
      site,
      store,
      startedAtMs: clock.nowMs(),
      startedBy: principal,
      endedAtMs: null,
      steps: steps.map((step) => ({ step: step.id, state: "open", by: null, atMs: null, note: "", found: null })),
    };
    this.#keep(run, null);
    return run;
  }

  mark(
    run: string,
    step: string,
    state: "done" | "failed" | "skipped" | "open",
    note: string,
    { principal }: RecoveryCaller,
  ): RunbookRun {
    const kept = this.#options.runs.get(run);
    const before = stepOf(kept, step);
    return this.#change(kept, { ...before, state, note, by: principal, atMs: this.#options.clock.nowMs() });
  }

  /** Looks, and says what it found; a step whose answer is not known stays open. */
  async check(run: string, step: string, { principal }: RecoveryCaller, signal: AbortSignal): Promise<RunbookRun> {
    const { runbooks, runs, clock } = this.#options;
    const before = runs.get(run);
    stepOf(before, step);
    const name = runbookOf(runbooks, before.runbook).steps.find(({ id }) => id === step)?.check ?? null;
    if (!isCheckName(name)) throw new AppError("recovery.runbook-unknown", { runbook: `${before.runbook}/${step}` });
    const { verdict, key, params } = await this.#look(name, before, signal);
    // Read again: somebody may have marked another step meanwhile.
    const kept = runs.get(run);
    return this.#change(kept, {
      ...stepOf(kept, step),
      state: verdict === "unknown" ? "open" : verdict,
      found: { key, params: { ...params } },
      by: principal,
      atMs: clock.nowMs(),
    });
  }

  async #look(name: keyof RunbookChecks, about: RunAbout, signal: AbortSignal): Promise<CheckFound> {
    try {
      return await this.#options.checks[name](about, signal);
    } catch (error) {
      if (signal.aborted || !isAppError(error)) throw error;
      return { verdict: "unknown", key: "not-looked", params: { code: error.code } };
    }
  }

  #change(run: RunbookRun, changed: RunStep): RunbookRun {
    const steps = run.steps.map((step) => (step.step === changed.step ? changed : step));
    const ended = steps.every(({ state }) => state !== "open");
    const endedAtMs = ended ? (run.endedAtMs ?? this.#options.clock.nowMs()) : null;
    const next = { ...run, steps, endedAtMs };
    this.#keep(next, changed);
    return next;
  }

  #keep(run: RunbookRun, mark: RunStep | null): void {
    this.#options.runs.keep(run, mark);
    this.#options.announcer.changed("recovery");
  }
}

function stepOf(run: RunbookRun, step: string): RunStep {
  const found = run.steps.find((candidate) => candidate.step === step);
  if (found === undefined) throw new AppError("recovery.runbook-unknown", { runbook: `${run.runbook}/${step}` });
  return found;
}
