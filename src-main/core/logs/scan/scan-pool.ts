import { availableParallelism } from "node:os";
import { AppError } from "../../../../src-shared/errors/app-error.ts";
import type { Clock } from "../../common/clock.ts";
import type { Logger } from "../../common/logger.ts";
import { ScanThread } from "./scan-thread.ts";
import type { ScanAnswer, ScanRequest } from "./scan-protocol.ts";

/** A request as it goes to a thread, and what must stay where it is until it is answered. */
export interface PreparedScan {
  readonly request: ScanRequest;
  readonly transfer: readonly ArrayBuffer[];
  release(): void;
}

/** A piece of work for one thread. */
export interface ScanTask {
  /** Called when the task is sent; again when its thread was lost through another task. */
  prepare(): PreparedScan;
  answered(answer: ScanAnswer): void;
  /** `logs.pattern-too-slow` when it took too long; `internal` when it broke. */
  failed(error: AppError): void;
}

/** Work of one purpose: the pool asks for the next task when a thread is free, so memory is held for running ones only. */
export interface ScanJob {
  /** `null` when there is nothing to do now; call `start` again when there is. */
  next(): ScanTask | null;
  /** Whether all tasks must go to one thread, which keeps state between them. */
  readonly pinned?: boolean;
}

/** A pattern that takes longer than this in one segment has run away. */
const TASK_LIMIT_MS = 10_000;
/** Tasks given to a thread at once: one it works on, one it finds when it is done. */
const TASKS_AHEAD = 2;

/**
 * The worker threads of all result sets. Jobs take turns, so a search through millions of rows does not hold up the
 * histogram of a small set. Threads start when there is work and end with the pool.
 */
export class ScanPool implements AsyncDisposable {
  readonly #threads: ScanThread[];
  #jobs: ScanJob[] = [];
  #closed = false;

  constructor(options: {
    readonly workerUrl: URL;
    readonly clock: Clock;
    readonly logger: Logger;
    readonly threads?: number;
    readonly taskLimitMs?: number;
  }) {
    const threads = options.threads ?? Math.max(1, Math.min(4, availableParallelism()));
    this.#threads = Array.from(
      { length: threads },
      () =>
        new ScanThread({
          workerUrl: options.workerUrl,
          clock: options.clock,
          logger: options.logger,
          taskLimitMs: options.taskLimitMs ?? TASK_LIMIT_MS,
          idle: () => this.#dispatch(),
        }),
    );
  }

  /** Asks a job for tasks until it has none; starting a started job again does nothing. */
  start(job: ScanJob): void {
    if (this.#closed) throw new AppError("request.cancelled", {});
    if (!this.#jobs.includes(job)) this.#jobs.push(job);
    this.#dispatch();
  }

  /** Asks it no more. Tasks that run are still answered. */
  stop(job: ScanJob): void {
    this.#jobs = this.#jobs.filter((other) => other !== job);
  }

  /** Runs one request. */
  run(prepare: () => PreparedScan, options: { readonly pinned?: boolean } = {}): Promise<ScanAnswer> {
    return new Promise((resolve, reject) => {
      let task: ScanTask | null = { prepare, answered: resolve, failed: reject };
      this.start({
        pinned: options.pinned ?? false,
        next: () => {
          const only = task;
          task = null;
          return only;
        },
      });
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    this.#jobs = [];
    await Promise.all(this.#threads.map((thread) => thread[Symbol.asyncDispose]()));
  }

  #dispatch(): void {
    for (let given = true; given && !this.#closed;) {
      given = false;
      for (const [index, thread] of this.#threads.entries()) {
        if (thread.pending < TASKS_AHEAD && this.#giveTo(thread, index === 0)) given = true;
      }
    }
  }

  /** Gives a thread the next task of the job whose turn it is. Pinned jobs belong to the first thread. */
  #giveTo(thread: ScanThread, first: boolean): boolean {
    for (const job of this.#jobs) {
      if (job.pinned === true && !first) continue;
      this.stop(job);
      const task = job.next();
      if (task === null) continue;
      this.#jobs.push(job);
      thread.give(task);
      return true;
    }
    return false;
  }
}
