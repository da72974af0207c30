import { Worker } from "node:worker_threads";
import { AppError } from "../../../../../src-shared/errors/app-error.ts";
import type { Logger } from "../../../common/logger.ts";
import type { ReadingAnswers, ReadingMessage, ReadingReply, ReadingRequest } from "./reading-protocol.ts";

interface Pending {
  resolve(answer: unknown): void;
  reject(error: AppError): void;
}

/**
 * Reads configurations and override files in a thread of its own: five megabytes of YAML take seconds, and the window would stand
 * still for them. The thread starts with the first question, and anew after it was lost.
 */
export class LimitsReader implements AsyncDisposable {
  readonly #worker: () => URL;
  readonly #logger: Logger;
  readonly #pending = new Map<number, Pending>();
  #thread: Worker | null = null;
  #given = 0;
  #closed = false;

  constructor(worker: () => URL, logger: Logger) {
    this.#worker = worker;
    this.#logger = logger;
  }

  /** @throws AppError `internal` where the thread was lost, `request.cancelled` after its end */
  ask<Kind extends keyof ReadingAnswers>(
    request: Extract<ReadingRequest, { readonly kind: Kind }>,
  ): Promise<ReadingAnswers[Kind]> {
    if (this.#closed) return Promise.reject(new AppError("request.cancelled", {}));
    return new Promise((resolve, reject) => {
      this.#given += 1;
      // The thread answers a request of a kind with the answer of that kind.
      this.#pending.set(this.#given, { resolve: (answer) => resolve(answer as ReadingAnswers[Kind]), reject });
      const thread = this.#running();
      // Whoever waits keeps the process alive, an idle thread does not.
      thread.ref();
      thread.postMessage({ id: this.#given, request } satisfies ReadingMessage, []);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    const thread = this.#thread;
    this.#thread = null;
    this.#rejectAll(new AppError("request.cancelled", {}));
    await thread?.terminate();
  }

  #running(): Worker {
    if (this.#thread !== null) return this.#thread;
    const thread = new Worker(this.#worker(), { name: "limits-read", execArgv: [] });
    let cause: unknown = null;
    thread.on("message", (reply: ReadingReply) => this.#onReply(reply));
    thread.on("error", (error) => {
      cause = error;
    });
    thread.on("exit", (code) => this.#onExit(thread, cause ?? new Error(`the thread ended with ${code}`)));
    this.#thread = thread;
    return thread;
  }

  #onReply(reply: ReadingReply): void {
    const waiting = this.#pending.get(reply.id);
    this.#pending.delete(reply.id);
    if (this.#pending.size === 0) this.#thread?.unref();
    if ("answer" in reply) waiting?.resolve(reply.answer);
    else waiting?.reject(this.#failure("limits could not be read", new Error(reply.problem)));
  }

  #onExit(thread: Worker, cause: unknown): void {
    if (thread !== this.#thread) return;
    this.#thread = null;
    this.#rejectAll(this.#failure("the thread that reads limits was lost", cause));
  }

  #failure(what: string, cause: unknown): AppError {
    const error = new AppError("internal", {}, { cause });
    error.reference = this.#logger.error(what, cause);
    return error;
  }

  #rejectAll(error: AppError): void {
    const all = [...this.#pending.values()];
    this.#pending.clear();
    for (const pending of all) pending.reject(error);
  }
}
