import { Worker } from "node:worker_threads";
import { AppError } from "../../../../src-shared/errors/app-error.ts";
import type { WireError } from "../../../../src-shared/errors/wire-error.ts";
import type { Clock } from "../../common/clock.ts";
import type { Logger } from "../../common/logger.ts";
import type { TableAnswers, TableMessage, TableReply, TableRequest } from "./table-protocol.ts";

export interface TableThreadOptions {
  readonly worker: URL;
  readonly clock: Clock;
  readonly logger: Logger;
  /** A thread that nobody asked for so long ends, and its table with it. Without it, it ends when it is disposed. */
  readonly idleMs?: number;
}

interface Pending {
  resolve(answer: unknown): void;
  reject(error: AppError): void;
}

/**
 * A `series-table` thread: it starts with the first request, and anew after it ended or was lost. What it held is gone
 * then; a table in a file is read again, one that was being built has to be begun again.
 */
export class TableThread implements AsyncDisposable {
  readonly #options: TableThreadOptions;
  readonly #pending = new Map<number, Pending>();
  #worker: Worker | null = null;
  #given = 0;
  #stopIdle = (): void => {};
  #closed = false;

  constructor(options: TableThreadOptions) {
    this.#options = options;
  }

  /** Whether there is a thread at the moment. */
  get running(): boolean {
    return this.#worker !== null;
  }

  /**
   * Buffers in `transfer` become the thread's. A request that was begun is not stopped; its answer is forgotten.
   * @throws AppError of the request; `internal` when the thread was lost; `request.cancelled`
   */
  ask<Request extends TableRequest>(
    request: Request,
    signal: AbortSignal,
    transfer: readonly ArrayBuffer[] = [],
  ): Promise<TableAnswers[Request["kind"]]> {
    if (this.#closed || signal.aborted) return Promise.reject(new AppError("request.cancelled", {}));
    return new Promise((resolve, reject) => {
      this.#given += 1;
      const id = this.#given;
      const onAbort = (): void => this.#take(id)?.reject(new AppError("request.cancelled", {}));
      signal.addEventListener("abort", onAbort, { once: true });
      const done = (): void => signal.removeEventListener("abort", onAbort);
      this.#pending.set(id, {
        resolve: (answer) => {
          done();
          // The desk answers each kind of request with what the protocol says of that kind.
          resolve(answer as TableAnswers[Request["kind"]]);
        },
        reject: (error) => {
          done();
          reject(error);
        },
      });
      const message: TableMessage = { id, request };
      this.#stopIdle();
      const worker = this.#started();
      worker.ref();
      worker.postMessage(message, [...transfer]);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    await this.#end();
  }

  async #end(): Promise<void> {
    this.#stopIdle();
    const worker = this.#worker;
    this.#worker = null;
    for (const id of this.#pending.keys()) this.#take(id)?.reject(new AppError("request.cancelled", {}));
    await worker?.terminate();
  }

  #started(): Worker {
    if (this.#worker !== null) return this.#worker;
    const worker = new Worker(this.#options.worker, { name: "series-table", execArgv: [] });
    let cause: unknown = null;
    worker.on("message", (reply: TableReply) => this.#onReply(reply));
    worker.on("error", (error) => {
      cause = error;
    });
    worker.on("exit", (code) => this.#onExit(worker, cause ?? new Error(`the thread ended with ${code}`)));
    this.#worker = worker;
    return worker;
  }

  #onReply(reply: TableReply): void {
    const waiting = this.#take(reply.id);
    if (this.#pending.size === 0) this.#rest();
    if ("answer" in reply) waiting?.resolve(reply.answer);
    else if ("error" in reply) waiting?.reject(errorOf(reply.error));
    else waiting?.reject(this.#bug("a series table failed", new Error(reply.problem)));
  }

  /** Whoever waits keeps the process alive, an idle thread does not. */
  #rest(): void {
    this.#worker?.unref();
    const { idleMs, clock, logger } = this.#options;
    if (idleMs === undefined) return;
    this.#stopIdle();
    this.#stopIdle = clock.after(idleMs, () => {
      this.#end().catch((error: unknown) => logger.error("an idle thread did not end", error));
    });
  }

  #onExit(worker: Worker, cause: unknown): void {
    if (worker !== this.#worker) return;
    this.#worker = null;
    const error = this.#bug("a series-table thread was lost", cause);
    for (const id of this.#pending.keys()) this.#take(id)?.reject(error);
  }

  #take(id: number): Pending | undefined {
    const waiting = this.#pending.get(id);
    this.#pending.delete(id);
    return waiting;
  }

  #bug(what: string, cause: unknown): AppError {
    const error = new AppError("internal", {}, { cause });
    error.reference = this.#options.logger.error(what, cause);
    return error;
  }
}

/** The desk sends errors of this program's own making alone, so code and parameters belong together. */
function errorOf({ code, params }: WireError): AppError {
  return new AppError(code, params);
}
