import { Worker } from "node:worker_threads";
import { AppError } from "../../../../src-shared/errors/app-error.ts";
import type { WireError } from "../../../../src-shared/errors/wire-error.ts";
import type { Logger } from "../../common/logger.ts";
import type { ScanAnswer, ScanMessage, ScanReply, ScanRequest } from "./scan-protocol.ts";

/** One request and who waits for it. */
export interface ScanTask {
  readonly request: ScanRequest;
  readonly signal: AbortSignal;
  answered(answer: ScanAnswer): void;
  failed(error: AppError): void;
}

interface ScanThreadOptions {
  readonly workerUrl: URL;
  readonly logger: Logger;
  /** Called whenever the thread can take another task. */
  readonly idle: () => void;
}

/**
 * One worker thread and the tasks it was given, answered in their order. When the thread dies the first of them fails, for
 * it was being worked on; the others are given to the next thread.
 */
export class ScanThread implements AsyncDisposable {
  readonly #options: ScanThreadOptions;
  #worker: Worker | null = null;
  #tasks: { readonly id: number; readonly task: ScanTask }[] = [];
  #given = 0;
  #closed = false;

  constructor(options: ScanThreadOptions) {
    this.#options = options;
  }

  get pending(): number {
    return this.#tasks.length;
  }

  give(task: ScanTask): void {
    this.#given += 1;
    this.#tasks.push({ id: this.#given, task });
    const message: ScanMessage = { kind: "request", id: this.#given, request: task.request };
    this.#running().postMessage(message, []);
  }

  /** Nobody waits for a task any more: one that was not begun is left out. */
  forget(task: ScanTask): void {
    const known = this.#tasks.find((given) => given.task === task);
    if (known === undefined) return;
    const message: ScanMessage = { kind: "forget", id: known.id };
    this.#worker?.postMessage(message, []);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    const tasks = this.#tasks.splice(0);
    const worker = this.#worker;
    this.#worker = null;
    for (const { task } of tasks) task.failed(new AppError("request.cancelled", {}));
    await worker?.terminate();
  }

  #running(): Worker {
    if (this.#worker !== null) return this.#worker;
    const worker = new Worker(this.#options.workerUrl, { name: "archive-scan", execArgv: [] });
    worker.unref();
    let cause: unknown = null;
    worker.on("message", (reply: ScanReply) => this.#onReply(worker, reply));
    worker.on("error", (error) => {
      cause = error;
    });
    worker.on("exit", (code) => this.#onExit(worker, cause ?? new Error(`the thread ended with ${code}`)));
    this.#worker = worker;
    return worker;
  }

  #onReply(worker: Worker, reply: ScanReply): void {
    const [head] = this.#tasks;
    if (worker !== this.#worker || head === undefined || head.id !== reply.id) return;
    this.#tasks.shift();
    if ("answer" in reply) head.task.answered(reply.answer);
    else if ("error" in reply) head.task.failed(revived(reply.error));
    else head.task.failed(this.#bug("a scan failed", new Error(reply.problem)));
    this.#options.idle();
  }

  #onExit(worker: Worker, cause: unknown): void {
    if (worker !== this.#worker || this.#closed) return;
    this.#worker = null;
    const [head, ...rest] = this.#tasks.splice(0);
    head?.task.failed(this.#bug("an archive scan thread was lost", cause));
    for (const { task } of rest) this.give(task);
    this.#options.idle();
  }

  #bug(what: string, cause: unknown): AppError {
    const error = new AppError("internal", {}, { cause });
    error.reference = this.#options.logger.error(what, cause);
    return error;
  }
}

/** The error a worker threw. Codes and parameters are those of an `AppError` on its other side. */
function revived({ code, params }: WireError): AppError {
  // The worker made it with the parameters of its code.
  return new AppError(code, params);
}
