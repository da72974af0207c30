import { Worker } from "node:worker_threads";
import { AppError } from "../../../../src-shared/errors/app-error.ts";
import type { Clock } from "../../common/clock.ts";
import type { Logger } from "../../common/logger.ts";
import type { DeskAnswers, DeskMessage, DeskReply, DeskRequest } from "./desk-protocol.ts";
import { errorOfFailure } from "./thread-failure.ts";

export interface DeskThreadOptions {
  readonly worker: URL;
  readonly clock: Clock;
  readonly logger: Logger;
  /** The findings' file was damaged, set aside and begun anew. */
  readonly onDamaged: (error: AppError) => void;
}

interface Pending {
  resolve(answer: DeskAnswers[keyof DeskAnswers]): void;
  reject(error: AppError): void;
}

/** Nobody asks for so long: the thread ends, and what it holds of files. */
const IDLE_MS = 60_000;

/** The `storage-desk` thread: it starts with the first request, and anew after it ended or was lost. */
export class DeskThread implements AsyncDisposable {
  readonly #options: DeskThreadOptions;
  readonly #pending = new Map<number, Pending>();
  #worker: Worker | null = null;
  #given = 0;
  #stopIdle = (): void => {};
  #closed = false;

  constructor(options: DeskThreadOptions) {
    this.#options = options;
  }

  /** A request that was begun is not stopped; its answer is forgotten. @throws AppError of the request; `request.cancelled` */
  ask<Kind extends DeskRequest["kind"]>(
    request: Extract<DeskRequest, { kind: Kind }>,
    signal: AbortSignal,
    transfer: readonly ArrayBuffer[] = [],
  ): Promise<DeskAnswers[Kind]> {
    if (this.#closed || signal.aborted) return Promise.reject(new AppError("request.cancelled", {}));
    return new Promise((resolve, reject) => {
      this.#given += 1;
      const id = this.#given;
      const onAbort = (): void => this.#take(id)?.reject(new AppError("request.cancelled", {}));
      const done = (): void => signal.removeEventListener("abort", onAbort);
      signal.addEventListener("abort", onAbort, { once: true });
      this.#pending.set(id, {
        resolve: (answer) => {
          done();
          // The desk answers each kind of request with what the protocol says of that kind.
          resolve(answer as DeskAnswers[Kind]);
        },
        reject: (error) => {
          done();
          reject(error);
        },
      });
      const message: DeskMessage = { id, request };
      this.#stopIdle();
      const worker = this.#running();
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

  #running(): Worker {
    if (this.#worker !== null) return this.#worker;
    const worker = new Worker(this.#options.worker, { name: "storage-desk", execArgv: [] });
    let cause: unknown = null;
    worker.on("message", (reply: DeskReply) => this.#onReply(reply));
    worker.on("error", (error) => {
      cause = error;
    });
    worker.on("exit", (code) => this.#onExit(worker, cause ?? new Error(`the thread ended with ${code}`)));
    this.#worker = worker;
    return worker;
  }

  #onReply(reply: DeskReply): void {
    const { logger, onDamaged } = this.#options;
    if ("damaged" in reply) {
      onDamaged(errorOfFailure({ error: reply.damaged }, logger, ""));
      return;
    }
    const waiting = this.#take(reply.id);
    if (this.#pending.size === 0) this.#rest();
    if ("answer" in reply) waiting?.resolve(reply.answer);
    else waiting?.reject(errorOfFailure(reply.failure, logger, "a question about findings failed"));
  }

  /** Whoever waits keeps the process alive, an idle thread does not. */
  #rest(): void {
    this.#worker?.unref();
    const { clock, logger } = this.#options;
    this.#stopIdle = clock.after(IDLE_MS, () => {
      this.#end().catch((error: unknown) => logger.error("an idle thread did not end", error));
    });
  }

  #onExit(worker: Worker, cause: unknown): void {
    if (worker !== this.#worker) return;
    this.#worker = null;
    const error = new AppError("internal", {}, { cause });
    error.reference = this.#options.logger.error("a storage-desk thread was lost", cause);
    for (const id of this.#pending.keys()) this.#take(id)?.reject(error);
  }

  #take(id: number): Pending | undefined {
    const waiting = this.#pending.get(id);
    this.#pending.delete(id);
    return waiting;
  }
}
