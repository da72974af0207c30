import type { ApiClient } from "../../../../src-shared/api/client.ts";
import type { ConsoleApi } from "../../../../src-shared/api/console-api.ts";
import type { CostEstimate, ResultSetState } from "../../../../src-shared/api/logs.api.ts";
import type { WireError } from "../../../../src-shared/errors/wire-error.ts";
import type { Spending } from "../../../../src-shared/model/tenants/quota.ts";
import { wireErrorOf } from "../../../hooks/wire-error-of.ts";
import type { MetricAnswer } from "../metric/metric-answer.ts";
import { ResultSetView, type LogsClient } from "./result-set-view.ts";
import type { RunPlan } from "./run-plan.ts";
import { withoutCost } from "./source-traits.ts";

/** A filter put over the result, and the rows it leaves. */
export interface FilteredView {
  readonly view: ResultSetView;
  /** What was filtered for, in the words of the person. */
  readonly title: string;
}

/**
 * What Explore shows. `phase` is about the newest run; `view` and `metric` are what there is to see, which during a new run
 * is still the former result.
 */
export interface ExploreSnapshot {
  readonly phase: "idle" | "estimating" | "confirm" | "opening" | "open" | "failed";
  readonly plan: RunPlan | null;
  /** A tail, not a query over a range. */
  readonly live: boolean;
  readonly estimate: CostEstimate | null;
  readonly view: ResultSetView | null;
  readonly filtered: FilteredView | null;
  readonly metric: MetricAnswer | null;
  readonly error: WireError | null;
}

export interface ExploreSessionOptions {
  readonly client: ApiClient<ConsoleApi>;
  readonly onNextFrame: (run: () => void) => void;
}

const IDLE: ExploreSnapshot = {
  phase: "idle",
  plan: null,
  live: false,
  estimate: null,
  view: null,
  filtered: null,
  metric: null,
  error: null,
};

/** How long a run waits to learn its cost. A source that is slow to say so is asked the query itself. */
const ESTIMATE_WAIT_MS = 3_000;

/**
 * The life of Explore's results: one run at a time, each takes the place of the last; what it replaces is closed in the
 * core. Runs are cheap to start and to abandon: an answer that comes for an abandoned run is closed unseen.
 */
export class ExploreSession implements Disposable {
  readonly #client: LogsClient;
  readonly #onNextFrame: (run: () => void) => void;
  readonly #listeners = new Set<() => void>();
  #snapshot = IDLE;
  #run: AbortController | null = null;

  constructor({ client, onNextFrame }: ExploreSessionOptions) {
    this.#client = client.logs;
    this.#onNextFrame = onNextFrame;
  }

  get snapshot(): ExploreSnapshot {
    return this.#snapshot;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Asks for the cost, stops before a dear run, else runs. `known` is an estimate of this very plan. */
  async run(plan: RunPlan, known: CostEstimate | null): Promise<void> {
    const run = this.#begin(plan, false);
    let estimate = known;
    if (estimate === null) {
      this.#change({ phase: "estimating" });
      estimate = await this.#estimate(plan, run.signal);
      if (run.signal.aborted) return;
    }
    this.#change({ estimate });
    if (estimate?.confirm === true) this.#change({ phase: "confirm" });
    else await this.#execute(plan, run);
  }

  /** Runs what the cost guard stopped. */
  async runAnyway(): Promise<void> {
    const { plan, phase } = this.#snapshot;
    if (plan === null || phase !== "confirm" || this.#run === null) return;
    await this.#execute(plan, this.#run);
  }

  /** Runs once more what a quota stopped, with the reason for it. */
  async runWithReason(spending: Spending): Promise<void> {
    const { plan, phase, live, estimate } = this.#snapshot;
    if (plan === null || phase !== "failed" || live) return;
    const run = this.#begin(plan, false);
    this.#change({ estimate });
    await this.#execute(plan, run, spending);
  }

  /** Leaves the former result as it is. */
  dismiss(): void {
    if (this.#snapshot.phase !== "confirm") return;
    const shows = this.#snapshot.view !== null || this.#snapshot.metric !== null;
    this.#change({ phase: shows ? "open" : "idle" });
  }

  /** Follows new lines, beginning with those since `sinceNs`. */
  async tail(plan: RunPlan, sinceNs: string): Promise<void> {
    const run = this.#begin(plan, true);
    this.#change({ phase: "opening" });
    await this.#open(run, () => this.#client.tail({ target: plan.target, query: plan.query, sinceNs }));
  }

  /** Stops reading or following; what was read stays. */
  async stop(): Promise<void> {
    const { phase, view } = this.#snapshot;
    if (phase === "estimating" || phase === "opening" || phase === "confirm") {
      this.#run?.abort();
      this.#change({ phase: view === null && this.#snapshot.metric === null ? "idle" : "open" });
      return;
    }
    await view?.stop();
  }

  /** Puts a set made from this result (filter within) in front of it. */
  showFiltered(state: ResultSetState, title: string): void {
    this.#snapshot.filtered?.view[Symbol.dispose]();
    this.#change({ filtered: { view: new ResultSetView(this.#client, state, this.#onNextFrame), title } });
  }

  /** Back from the filter to the whole result. */
  leaveFilter(): void {
    this.#snapshot.filtered?.view[Symbol.dispose]();
    this.#change({ filtered: null });
  }

  /** Nothing is shown any more: the tenant or site has changed. */
  clear(): void {
    this.#run?.abort();
    this.#closeResults();
    this.#change(IDLE);
  }

  [Symbol.dispose](): void {
    this.#run?.abort();
    this.#closeResults();
    this.#listeners.clear();
  }

  #begin(plan: RunPlan, live: boolean): AbortController {
    this.#run?.abort();
    const run = new AbortController();
    this.#run = run;
    this.#change({ plan, live, estimate: null, error: null });
    return run;
  }

  async #estimate(plan: RunPlan, signal: AbortSignal): Promise<CostEstimate | null> {
    const { target, range, query } = plan;
    try {
      const patience = AbortSignal.any([signal, AbortSignal.timeout(ESTIMATE_WAIT_MS)]);
      return withoutCost(target, await this.#client.estimate({ target, range, query }, { signal: patience }));
    } catch {
      // Not knowing the cost is no reason not to run: the badge says what it was afterwards, and the tenant's limits hold.
      return null;
    }
  }

  async #execute(plan: RunPlan, run: AbortController, spending?: Spending): Promise<void> {
    this.#change({ phase: "opening" });
    const { target, range, query, direction, limit } = plan;
    const reason = spending === undefined ? {} : { spending };
    if (plan.kind === "logs") {
      await this.#open(run, () => this.#client.open({ target, range, query, direction, limit, ...reason }));
      return;
    }
    try {
      const metric = await this.#client.metric(
        { target, range, query, stepNs: null, ...reason },
        { signal: run.signal },
      );
      if (run.signal.aborted) return;
      this.#closeResults();
      this.#change({ phase: "open", metric, view: null, filtered: null });
    } catch (error) {
      this.#fail(run, error);
    }
  }

  /** An abandoned opening is waited for all the same: only its answer says which set is to be closed. */
  async #open(run: AbortController, open: () => Promise<ResultSetState>): Promise<void> {
    try {
      const state = await open();
      const view = new ResultSetView(this.#client, state, this.#onNextFrame);
      if (run.signal.aborted) {
        view[Symbol.dispose]();
        return;
      }
      this.#closeResults();
      this.#change({ phase: "open", view, filtered: null, metric: null });
    } catch (error) {
      this.#fail(run, error);
    }
  }

  #fail(run: AbortController, thrown: unknown): void {
    if (run.signal.aborted) return;
    this.#change({ phase: "failed", error: wireErrorOf(thrown) });
  }

  #closeResults(): void {
    this.#snapshot.view?.[Symbol.dispose]();
    this.#snapshot.filtered?.view[Symbol.dispose]();
  }

  #change(change: Partial<ExploreSnapshot>): void {
    this.#snapshot = { ...this.#snapshot, ...change };
    for (const listener of this.#listeners) listener();
  }
}
