import { Worker } from "node:worker_threads";
import { AppError } from "../../../../src-shared/errors/app-error.ts";
import type { Logger } from "../../common/logger.ts";
import type { ChunkVerdict } from "../integrity/chunk-checker.ts";
import type { CheckMessage, CheckReply, CheckRequest } from "./check-protocol.ts";

interface Pending {
  /** `null` where the thread was lost. */
  resolve(verdicts: readonly ChunkVerdict[] | null): void;
  reject(error: AppError): void;
}

/** One `storage-check` thread. It starts with the first request, and anew with the next one after it was lost. */
export class CheckThread implements AsyncDisposable {
  readonly #workerUrl: URL;
  readonly #logger: Logger;
  readonly #pending = new Map<number, Pending>();
  #worker: Worker | null = null;
  #given = 0;

  constructor(workerUrl: URL, logger: Logger) {
    this.#workerUrl = workerUrl;
    this.#logger = logger;
  }

  get pending(): number {
    return this.#pending.size;
  }

  /** Buffers of a `bytes` request become the thread's. `null` where the thread was lost before it answered. */
  ask(request: CheckRequest): Promise<readonly ChunkVerdict[] | null> {
    return new Promise((resolve, reject) => {
      this.#given += 1;
      this.#pending.set(this.#given, { resolve, reject });
      const message: CheckMessage = { id: this.#given, request };
      const worker = this.#running();
      // Whoever waits keeps the process alive, an idle thread does not.
      worker.ref();
      worker.postMessage(message, request.kind === "bytes" ? [request.bytes.buffer] : []);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const worker = this.#worker;
    this.#worker = null;
    for (const pending of this.#pending.values()) pending.reject(new AppError("request.cancelled", {}));
    this.#pending.clear();
    await worker?.terminate();
  }

  #running(): Worker {
    if (this.#worker !== null) return this.#worker;
    const worker = new Worker(this.#workerUrl, { name: "storage-check", execArgv: [] });
    let cause: unknown = null;
    worker.on("message", (reply: CheckReply) => this.#onReply(reply));
    worker.on("error", (error) => {
      cause = error;
    });
    worker.on("exit", (code) => this.#onExit(worker, cause ?? new Error(`the thread ended with ${code}`)));
    this.#worker = worker;
    return worker;
  }

  #onReply(reply: CheckReply): void {
    const waiting = this.#pending.get(reply.id);
    this.#pending.delete(reply.id);
    if (this.#pending.size === 0) this.#worker?.unref();
    if ("verdicts" in reply) {
      waiting?.resolve(reply.verdicts);
      return;
    }
    const cause = new Error(reply.problem);
    const error = new AppError("internal", {}, { cause });
    error.reference = this.#logger.error("a storage check failed", cause);
    waiting?.reject(error);
  }

  #onExit(worker: Worker, cause: unknown): void {
    if (worker !== this.#worker) return;
    this.#worker = null;
    this.#logger.error("a storage check thread was lost", cause);
    const lost = [...this.#pending.values()];
    this.#pending.clear();
    for (const pending of lost) pending.resolve(null);
  }
}
