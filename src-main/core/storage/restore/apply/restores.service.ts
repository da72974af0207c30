import { AppError, hasCode } from "../../../../../src-shared/errors/app-error.ts";
import type { JobId, PlanId } from "../../../../../src-shared/model/ids.ts";
import type {
  RestorePlanEvent,
  RestoreReport,
  RestoreRequest,
} from "../../../../../src-shared/model/storage/restore.ts";
import { restoreReportSchema } from "../../../../../src-shared/model/storage/restore.ts";
import type { StoreId } from "../../../../../src-shared/model/storage/store.ts";
import type { Announcer } from "../../../common/topics.ts";
import type { JobContext } from "../../../jobs/job-definition.ts";
import type { JobEngine } from "../../../jobs/job-engine.ts";
import type { ListedRestore, RecoveryCaller, RestoreDesk } from "../../recovery-desks.ts";
import type { RestorePlans } from "../plan/restore-plans.service.ts";
import type { PlannedRestore } from "../planned-restore.ts";
import type { BookedRestore, BookedState, RestoreBook } from "./restore-book.ts";
import { freshCheckpoint, type RestoreCheckpoint } from "./restore-checkpoint.ts";
import type { RestoreParts } from "./restore-parts.ts";
import { RestoreRun } from "./restore-run.ts";
import { createRestoreJob, type RestoreInput, type RestoreJob } from "./restore.job.ts";

/** Jobs of another process of this profile that has said nothing for so long were killed. */
const SILENT_MS = 60 * 60_000;

export interface RestoresParts extends RestoreParts {
  readonly plans: RestorePlans;
  /** The plan, not taken. @throws AppError `operation.plan-unknown`, `operation.plan-expired` */
  readonly look: (plan: PlanId) => PlannedRestore;
  /** A plan that a job has. @throws AppError `files.unreadable` */
  readonly openPlan: (directory: string) => PlannedRestore;
  readonly discardPlan: (directory: string) => void;
  readonly book: RestoreBook;
  /** Hands the plan of a drill to its own job. */
  readonly beginDrill: (
    planned: PlannedRestore,
    reason: string,
    caller: RecoveryCaller,
    signal: AbortSignal,
  ) => Promise<JobId>;
  readonly jobs: () => Pick<JobEngine, "submit" | "get">;
  readonly announcer: Announcer;
}

/** Restores: planned, looked at, applied as a job, listed. A plan writes nothing. */
export class RestoresService implements RestoreDesk {
  readonly job: RestoreJob;
  readonly #parts: RestoresParts;

  constructor(parts: RestoresParts) {
    this.#parts = parts;
    this.job = createRestoreJob((context) => this.#run(context));
  }

  plan(request: RestoreRequest, caller: RecoveryCaller, signal: AbortSignal): AsyncIterable<RestorePlanEvent> {
    return this.#parts.plans.plan(request, caller, signal);
  }

  /** @throws AppError `operation.plan-unknown`, `operation.plan-expired`, `storage.plan-stopped` */
  async apply(id: PlanId, reason: string, caller: RecoveryCaller, signal: AbortSignal): Promise<JobId> {
    const { plans, look, beginDrill, book, jobs, clock } = this.#parts;
    const stopping = look(id).plan.problems.filter(({ weight }) => weight === "stops");
    if (stopping.length > 0) {
      const problems = [...new Set(stopping.map(({ code }) => code))].join(", ");
      throw new AppError("storage.plan-stopped", { problems });
    }
    this.#discardCancelled();
    const planned = plans.take(id);
    const { plan, directory } = planned;
    if (plan.purpose === "drill") return await beginDrill(planned, reason, caller, signal);
    const { principal } = caller;
    const objects = plan.chunks + plan.indexFiles;
    const input: RestoreInput = { directory, store: plan.request.store, objects, reason, principal };
    book.begin(clock.nowMs(), principal, directory, restoreReportSchema.parse(freshCheckpoint(plan, reason)));
    try {
      const job = jobs().submit(this.job, input, principal);
      book.named(id, job);
      this.#parts.announcer.changed("recovery");
      return job;
    } catch (error) {
      book.forget(id);
      throw error;
    }
  }

  list(store: StoreId, limit: number): readonly ListedRestore[] {
    return this.#parts.book.list(store, limit).map((booked) => ({
      job: booked.job,
      atMs: booked.atMs,
      principal: booked.principal,
      state: this.#stateOf(booked),
      report: booked.report,
    }));
  }

  async #run(context: JobContext<RestoreInput, RestoreCheckpoint>): Promise<RestoreReport> {
    const { id, input, checkpoint, signal, commit, report } = context;
    const { book, openPlan, discardPlan, announcer } = this.#parts;
    const planned = openPlan(input.directory);
    let last: RestoreReport = checkpoint ?? freshCheckpoint(planned.plan, input.reason);
    let shown = "";
    const keep = (state: BookedState): void => {
      book.keep(restoreReportSchema.parse(last), state);
      announcer.changed("recovery");
    };
    try {
      const run = new RestoreRun({
        parts: this.#parts,
        planned,
        job: id,
        reason: input.reason,
        principal: input.principal,
        before: checkpoint,
        signal,
        report,
        commit: async (now) => {
          last = now;
          await commit(now);
          // Steps are for those who look at the list; objects are the job's.
          const steps = now.steps.map(({ state }) => state).join();
          if (steps !== shown) keep("running");
          shown = steps;
        },
      });
      last = await run.run();
      keep(last.done ? "succeeded" : "paused");
      if (last.done) discardPlan(input.directory);
      return last;
    } catch (error) {
      keep("failed");
      throw error;
    }
  }

  /** Nobody goes on with what was cancelled; while it ran it could not tell that from a pause. */
  #discardCancelled(): void {
    const { book, jobs, discardPlan } = this.#parts;
    for (const { job, directory } of book.directories()) {
      try {
        if (jobs().get(job).state === "cancelled") discardPlan(directory);
      } catch (error) {
        // Of another process, whose own it is.
        if (!hasCode(error, "jobs.unknown")) throw error;
      }
    }
  }

  #stateOf({ job, state, atMs }: BookedRestore): string {
    try {
      return this.#parts.jobs().get(job).state;
    } catch (error) {
      if (!hasCode(error, "jobs.unknown")) throw error;
      const silent = state === "running" && this.#parts.clock.nowMs() - atMs > SILENT_MS;
      return silent ? "interrupted" : state;
    }
  }
}
