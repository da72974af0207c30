import { Worker } from "node:worker_threads";
import { AppError, isAppError } from "../../../../src-shared/errors/app-error.ts";
import type { Clock } from "../../common/clock.ts";
import type { Logger } from "../../common/logger.ts";
import type { ScanMessage, ScanReply } from "./scan-protocol.ts";
import type { PreparedScan, ScanTask } from "./scan-pool.ts";

interface ScanThreadOptions {
  readonly workerUrl: URL;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly taskLimitMs: number;
  /** Called whenever the thread can take another task. */
  readonly idle: () => void;
}

interface RunningTask {
  readonly id: number;
  readonly task: ScanTask;
  readonly release: () => void;
}

/**
 * One worker thread and the tasks it was given, answered in their order. A task over its time is ended the only way a
 * regular expression can be ended, with its thread; the tasks behind it are given to the next thread.
 */
export class ScanThread implements AsyncDisposable {
  readonly #options: ScanThreadOptions;
  #worker: Worker | null = null;
  #tasks: RunningTask[] = [];
  #cancelLimit: (() => void) | null = null;
  #given = 0;

  constructor(options: ScanThreadOptions) {
    this.#options = options;
  }

  get pending(): number {
    return this.#tasks.length;
  }

  give(task: ScanTask): void {
    let prepared: PreparedScan;
    try {
      prepared = task.prepare();
    } catch (error) {
      task.failed(isAppError(error) ? error : new AppError("internal", {}, { cause: error }));
      return;
    }
    this.#given += 1;
    this.#tasks.push({ id: this.#given, task, release: () => prepared.release() });
    const message: ScanMessage = { id: this.#given, request: prepared.request };
    this.#running().postMessage(message, [...prepared.transfer]);
    if (this.#tasks.length === 1) this.#watch();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const tasks = this.#tasks;
    this.#tasks = [];
    this.#cancelLimit?.();
    await this.#end();
    for (const { task, release } of tasks) {
      release();
      task.failed(new AppError("request.cancelled", {}));
    }
  }

  #running(): Worker {
    if (this.#worker !== null) return this.#worker;
    const worker = new Worker(this.#options.workerUrl, { name: "row-scan", execArgv: [] });
    worker.unref();
    worker.on("message", (reply: ScanReply) => this.#onReply(reply));
    worker.on("error", (error) => {
      if (this.#worker !== worker) return;
      const reference = this.#options.logger.error("a scan thread failed", error);
      this.#breakHead(internalError(reference, error));
    });
    this.#worker = worker;
    return worker;
  }

  #onReply(reply: ScanReply): void {
    const head = this.#tasks[0];
    if (head === undefined || head.id !== reply.id) return;
    this.#tasks.shift();
    this.#watch();
    head.release();
    if ("answer" in reply) {
      head.task.answered(reply.answer);
    } else {
      const error = new Error(reply.problem);
      head.task.failed(internalError(this.#options.logger.error("a scan failed", error), error));
    }
    this.#options.idle();
  }

  /** Starts the time limit of the task that now is the first one. */
  #watch(): void {
    this.#cancelLimit?.();
    this.#cancelLimit = null;
    if (this.#tasks.length === 0) return;
    const { clock, taskLimitMs } = this.#options;
    this.#cancelLimit = clock.after(taskLimitMs, () => {
      this.#breakHead(new AppError("logs.pattern-too-slow", { seconds: taskLimitMs / 1_000 }));
    });
  }

  #breakHead(error: AppError): void {
    const [head, ...rest] = this.#tasks;
    this.#tasks = [];
    this.#cancelLimit?.();
    void this.#end();
    for (const { release } of [head, ...rest].filter((running) => running !== undefined)) release();
    head?.task.failed(error);
    for (const { task } of rest) this.give(task);
    this.#options.idle();
  }

  async #end(): Promise<void> {
    const worker = this.#worker;
    this.#worker = null;
    await worker?.terminate();
  }
}

function internalError(reference: string, cause: unknown): AppError {
  const error = new AppError("internal", {}, { cause });
  error.reference = reference;
  return error;
}
