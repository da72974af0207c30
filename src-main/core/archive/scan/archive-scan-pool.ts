import { availableParallelism } from "node:os";
import { AppError } from "../../../../src-shared/errors/app-error.ts";
import type { Clock } from "../../common/clock.ts";
import type { Logger } from "../../common/logger.ts";
import type { WorkerLocator } from "../../common/worker-entry.ts";
import type { BlockPlace } from "../archive-block.ts";
import type { ChunkHead, TextBlockIndex } from "../archive-contents.ts";
import type { ArchiveScanner, ScanJob } from "./archive-scanner.ts";
import type { ScanAnswers, ScanRequest } from "./scan-protocol.ts";
import { ScanThread, type ScanTask } from "./scan-thread.ts";

/** Tasks given to a thread at once: one it works on, one it finds when it is done. */
const TASKS_AHEAD = 2;

const INDEXING: ScanJob = { name: "opening" };

/**
 * The `archive-scan` threads of all archives. They start when there is work and end with the pool. A thread that dies fails
 * the task it worked on; the pool goes on with a new one.
 */
export class ArchiveScanPool implements ArchiveScanner, AsyncDisposable {
  readonly threads: number;
  readonly #threads: readonly ScanThread[];
  /** Waiting tasks; the job whose turn it is comes first. */
  readonly #waiting = new Map<ScanJob, ScanTask[]>();
  #closed = false;

  constructor(options: {
    readonly locate: WorkerLocator;
    readonly clock: Clock;
    readonly logger: Logger;
    /** As many as there are cores, at most four, without. */
    readonly threads?: number;
  }) {
    this.threads = options.threads ?? Math.max(1, Math.min(4, availableParallelism()));
    const workerUrl = options.locate("archive-scan");
    this.#threads = Array.from(
      { length: this.threads },
      () => new ScanThread({ workerUrl, logger: options.logger, idle: () => this.#dispatch() }),
    );
  }

  scan<Kind extends ScanRequest["kind"]>(
    job: ScanJob,
    request: Extract<ScanRequest, { readonly kind: Kind }>,
    signal: AbortSignal,
  ): Promise<ScanAnswers[Kind]> {
    return new Promise((resolve, reject) => {
      if (this.#closed || signal.aborted) {
        reject(new AppError("request.cancelled", {}));
        return;
      }
      // A task that was begun is not stopped: a block is a matter of milliseconds. Its answer is forgotten.
      const onAbort = (): void => {
        this.#forget(job, task);
        reject(new AppError("request.cancelled", {}));
      };
      const task: ScanTask = {
        request,
        signal,
        answered: (answer) => {
          signal.removeEventListener("abort", onAbort);
          // A thread answers a request with the answer of its kind.
          resolve(answer as ScanAnswers[Kind]);
        },
        failed: (error) => {
          signal.removeEventListener("abort", onAbort);
          reject(error);
        },
      };
      signal.addEventListener("abort", onAbort, { once: true });
      const queue = this.#waiting.get(job);
      if (queue === undefined) this.#waiting.set(job, [task]);
      else queue.push(task);
      this.#dispatch();
    });
  }

  indexText(place: Extract<BlockPlace, { readonly kind: "text" }>, signal: AbortSignal): Promise<TextBlockIndex> {
    return this.scan<"index-text">(INDEXING, { kind: "index-text", place }, signal);
  }

  chunkHead(place: Extract<BlockPlace, { readonly kind: "chunk" }>, signal: AbortSignal): Promise<ChunkHead> {
    return this.scan<"chunk-head">(INDEXING, { kind: "chunk-head", place }, signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    const waiting = [...this.#waiting.values()].flat();
    this.#waiting.clear();
    for (const task of waiting) task.failed(new AppError("request.cancelled", {}));
    await Promise.all(this.#threads.map((thread) => thread[Symbol.asyncDispose]()));
  }

  #dispatch(): void {
    for (let depth = 0; depth < TASKS_AHEAD; depth += 1) {
      for (const thread of this.#threads) {
        if (this.#closed || thread.pending > depth) continue;
        const task = this.#next();
        if (task === null) return;
        thread.give(task);
      }
    }
  }

  /** The next task of the job whose turn it is; the job then is the last one. */
  #next(): ScanTask | null {
    const [turn] = this.#waiting;
    if (turn === undefined) return null;
    const [job, queue] = turn;
    const task = queue.shift() ?? null;
    this.#waiting.delete(job);
    if (queue.length > 0) this.#waiting.set(job, queue);
    return task;
  }

  #forget(job: ScanJob, task: ScanTask): void {
    const queue = this.#waiting.get(job);
    const at = queue?.indexOf(task) ?? -1;
    if (queue === undefined || at < 0) {
      for (const thread of this.#threads) thread.forget(task);
      return;
    }
    queue.splice(at, 1);
    if (queue.length === 0) this.#waiting.delete(job);
  }
}
