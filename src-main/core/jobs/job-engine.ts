import { randomUUID } from "node:crypto";
import type { TenantNeed } from "../../../src-shared/api/procedure.ts";
import { AppError } from "../../../src-shared/errors/app-error.ts";
import { jobIdSchema, type JobId } from "../../../src-shared/model/ids.ts";
import type { Job, JobState } from "../../../src-shared/model/job.ts";
import type { Clock } from "../common/clock.ts";
import { fireAndForget, type Logger } from "../common/logger.ts";
import type { Announcer } from "../common/topics.ts";
import type { JobDefinition } from "./job-definition.ts";
import { runJob, type JobOutcome } from "./job-run.ts";
import type { JobStore, StoredJob } from "./job-store.ts";

/** A definition whose types only it knows; everything goes through its schemas. */
// eslint-disable-next-line typescript/no-explicit-any -- input, checkpoint and output are private to each definition
export type AnyJobDefinition = JobDefinition<any, any, any>;

export interface JobEngineOptions {
  readonly store: JobStore;
  readonly definitions: readonly AnyJobDefinition[];
  readonly maxRunning: number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly announcer: Announcer;
}

/** A job, and whose tenants it is about. */
export interface TenantsJob extends Job {
  readonly tenants: TenantNeed;
}

/** Of waiting jobs, the newest that are looked through for urgent ones. */
const MOST_URGENT = 500;

type StopReason = "cancel" | "pause" | "shutdown";

interface RunningJob {
  readonly controller: AbortController;
  readonly done: Promise<void>;
  /** Takes none of the places that others wait for. */
  readonly urgent: boolean;
  stop: StopReason | null;
}

/**
 * Runs durable jobs: `queued → running ⇄ paused → succeeded | failed | cancelled | interrupted`. What a job has committed is
 * on disk before it is reported; what ran when the process died is *interrupted* at the next start and can be resumed.
 */
export class JobEngine implements AsyncDisposable {
  readonly #options: JobEngineOptions;
  readonly #definitions: ReadonlyMap<string, AnyJobDefinition>;
  readonly #urgentKinds: ReadonlySet<string>;
  readonly #running = new Map<JobId, RunningJob>();
  readonly #listeners = new Set<(job: TenantsJob) => void>();
  #closed = false;

  constructor(options: JobEngineOptions) {
    this.#options = options;
    this.#definitions = new Map(options.definitions.map((definition) => [definition.kind, definition]));
    this.#urgentKinds = new Set(options.definitions.filter(({ urgent }) => urgent === true).map(({ kind }) => kind));
    const interrupted = options.store.interruptRunning(options.clock.nowMs());
    if (interrupted > 0) options.logger.warn("jobs were interrupted", { interrupted });
  }

  /** Starts what was still waiting when the program ended. */
  begin(): void {
    this.#startNext();
  }

  submit<Input, Checkpoint, Output>(
    definition: JobDefinition<Input, Checkpoint, Output>,
    input: Input,
    principal: string,
  ): JobId;
  submit(definition: AnyJobDefinition, input: unknown, principal: string): JobId {
    const parsed = definition.input.safeParse(input);
    if (!parsed.success) {
      throw new AppError("jobs.input-invalid", { kind: definition.kind, problem: parsed.error.message.slice(0, 300) });
    }
    const id = jobIdSchema.parse(randomUUID());
    this.#options.store.insert({
      id,
      kind: definition.kind,
      principal,
      createdAtMs: this.#options.clock.nowMs(),
      input: parsed.data,
    });
    this.#tell(id);
    this.#startNext();
    return id;
  }

  /** The job, or `null` when there is none of that id. */
  find(id: string): TenantsJob | null {
    // Any other text is the id of no job.
    const stored = this.#options.store.get(id as JobId);
    return stored === null ? null : this.#describe(stored);
  }

  list(states: readonly JobState[] | null, limit: number): TenantsJob[] {
    return this.#options.store.list(states, limit).map((stored) => this.#describe(stored));
  }

  get(id: JobId): TenantsJob {
    return this.#describe(this.#stored(id));
  }

  /** Resolves when the job has committed what it had; `jobs.wrong-state` when it does not run or cannot pause. */
  async pause(id: JobId): Promise<Job> {
    const stored = this.#stored(id);
    const running = this.#running.get(id);
    if (running === undefined || this.#definitions.get(stored.kind)?.canPause !== true) throw wrongState(stored);
    await this.#stop(running, "pause");
    return this.get(id);
  }

  /** A cancelled job is a result, with what it had made by then. */
  async cancel(id: JobId): Promise<Job> {
    const stored = this.#stored(id);
    const running = this.#running.get(id);
    if (running !== undefined) await this.#stop(running, "cancel");
    else if (stored.state === "queued" || stored.state === "paused" || stored.state === "interrupted") {
      this.#options.store.end(id, "cancelled", this.#options.clock.nowMs(), undefined, null);
      this.#tell(id);
    } else throw wrongState(stored);
    return this.get(id);
  }

  resume(id: JobId): Job {
    const stored = this.#stored(id);
    if (stored.state !== "paused" && stored.state !== "interrupted" && stored.state !== "failed")
      throw wrongState(stored);
    this.#options.store.requeue(id);
    this.#tell(id);
    this.#startNext();
    return this.get(id);
  }

  remove(id: JobId): boolean {
    const stored = this.#stored(id);
    if (stored.state === "running" || stored.state === "queued") throw wrongState(stored);
    return this.#options.store.remove(id);
  }

  /** Called with a job whenever it changed; the answer ends it. */
  onChange(listener: (job: TenantsJob) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Lets running jobs commit and ends them as *interrupted*, so that the next start can resume them. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await Promise.all([...this.#running.values()].map((running) => this.#stop(running, "shutdown")));
    this.#options.store[Symbol.dispose]();
  }

  async #stop(running: RunningJob, reason: StopReason): Promise<void> {
    running.stop ??= reason;
    running.controller.abort(new AppError("request.cancelled", {}));
    await running.done;
  }

  #startNext(): void {
    const { store, maxRunning } = this.#options;
    if (this.#closed) return;
    const waiting = this.#urgentKinds.size === 0 ? [] : store.list(["queued"], MOST_URGENT);
    for (const next of waiting.toReversed()) if (this.#urgentKinds.has(next.kind)) this.#start(next);
    for (;;) {
      const ordinary = [...this.#running.values()].filter(({ urgent }) => !urgent);
      const next = ordinary.length < maxRunning ? store.nextQueued() : null;
      if (next === null) return;
      this.#start(next);
    }
  }

  #start(next: StoredJob): void {
    const { store, clock, logger } = this.#options;
    store.start(next.id, clock.nowMs());
    const controller = new AbortController();
    const urgent = this.#urgentKinds.has(next.kind);
    const running: RunningJob = { controller, done: this.#run(next, controller.signal), urgent, stop: null };
    this.#running.set(next.id, running);
    fireAndForget(running.done, logger, "job bookkeeping failed");
    this.#tell(next.id);
  }

  async #run(stored: StoredJob, signal: AbortSignal): Promise<void> {
    const { store, clock, logger } = this.#options;
    const definition = this.#definitions.get(stored.kind);
    const outcome: JobOutcome = await runJob({
      stored,
      definition,
      signal,
      store,
      clock,
      logger: logger.child(`job:${stored.kind}`),
      onProgress: () => this.#tell(stored.id),
    });
    const stop = this.#running.get(stored.id)?.stop ?? null;
    this.#running.delete(stored.id);
    store.end(stored.id, endState(outcome, stop), clock.nowMs(), outcome.output, outcome.error);
    this.#tell(stored.id);
    this.#startNext();
  }

  #stored(id: JobId): StoredJob {
    const stored = this.#options.store.get(id);
    if (stored === null) throw new AppError("jobs.unknown", { id });
    return stored;
  }

  #describe(stored: StoredJob): TenantsJob {
    const definition = this.#definitions.get(stored.kind);
    const input = definition?.input.safeParse(stored.input);
    return {
      id: stored.id,
      kind: stored.kind,
      title: {
        key: `jobs.title.${stored.kind}`,
        params: input?.success === true && definition !== undefined ? definition.titleParams(input.data) : {},
      },
      state: stored.state,
      principal: stored.principal,
      createdAtMs: stored.createdAtMs,
      startedAtMs: stored.startedAtMs,
      endedAtMs: stored.endedAtMs,
      attempts: stored.attempts,
      progress: stored.progress,
      ...(stored.error === null ? {} : { error: stored.error }),
      output: definition?.showsCheckpoint === true ? shownCheckpoint(stored) : stored.output,
      canPause: definition?.canPause ?? false,
      tenants: input?.success === true ? (definition?.tenants?.(input.data) ?? "every") : "every",
    };
  }

  #tell(id: JobId): void {
    const stored = this.#options.store.get(id);
    if (stored !== null) {
      const job = this.#describe(stored);
      for (const listener of this.#listeners) listener(job);
    }
    this.#options.announcer.changed("jobs");
  }
}

function endState(outcome: JobOutcome, stop: StopReason | null): JobState {
  if (outcome.error !== null) return "failed";
  // A job that came to its end before it noticed the stop has succeeded.
  if (!outcome.stopped) return "succeeded";
  if (stop === "pause") return "paused";
  return stop === "cancel" ? "cancelled" : "interrupted";
}

/** What a job tells that shows its checkpoint: while it has not ended, an output is one of an earlier run. */
function shownCheckpoint({ state, checkpoint, output }: StoredJob): unknown {
  const ended = state === "succeeded" || state === "cancelled" || state === "failed";
  return ended ? (output ?? checkpoint) : (checkpoint ?? output);
}

function wrongState(stored: StoredJob): AppError {
  return new AppError("jobs.wrong-state", { id: stored.id, state: stored.state });
}
