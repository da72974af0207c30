import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { AppError, hasCode, isAppError } from "../../../../../src-shared/errors/app-error.ts";
import type { IndexKey } from "../../../common/loki-format/tsdb/index-key.ts";
import type { Logger } from "../../../common/logger.ts";
import type { WorkerLocator } from "../../../common/worker-entry.ts";
import { readListedObject } from "../../integrity/read-object.ts";
import { INDEX_MAX_BYTES } from "../../integrity/unpack-index.ts";
import type { ObjectInfo, ObjectStore } from "../../object-store.ts";
import type { IndexedBatch, IndexReply, IndexRequest, IndexThreadData, IndexVerdict } from "./index-protocol.ts";

/** An index file as it is in the bucket, packed. */
const INDEX_OBJECT_MAX_BYTES = 2 ** 30;

interface Pending {
  readonly onBatch: (batch: IndexedBatch) => void;
  readonly done: PromiseWithResolvers<IndexVerdict>;
}

/** Reads index files of stores in a thread of its own, one after the other. */
export class IndexReader implements AsyncDisposable {
  readonly #url: URL;
  readonly #logger: Logger;
  readonly #taken = new Int32Array(new SharedArrayBuffer(4));
  #worker: Worker | null = null;
  #pending: Pending | null = null;
  #given = 0;

  constructor(options: { readonly locate: WorkerLocator; readonly logger: Logger }) {
    this.#url = options.locate("restore-index");
    this.#logger = options.logger;
  }

  /**
   * Whether an object is a whole index file; with `onBatch`, what it names, where it is whole. An object that is gone, too large
   * or cannot be read is not whole. To be called once at a time. Rejects where the signal ended it, or the store is not there.
   */
  async read(
    store: ObjectStore,
    object: ObjectInfo,
    index: IndexKey,
    onBatch: ((batch: IndexedBatch) => void) | null,
    signal: AbortSignal,
  ): Promise<IndexVerdict> {
    const reading = await this.#bytes(store, object, signal);
    if (typeof reading === "string") return { isWhole: false, problem: reading, tenants: [], chunks: 0 };
    const request = { index, packed: reading.bytes, maxBytes: INDEX_MAX_BYTES, withSeries: onBatch !== null };
    return await this.#ask(request, onBatch ?? (() => undefined), signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const worker = this.#worker;
    this.#worker = null;
    await worker?.terminate();
  }

  async #bytes(
    store: ObjectStore,
    object: ObjectInfo,
    signal: AbortSignal,
  ): Promise<{ readonly bytes: Uint8Array<ArrayBuffer> } | string> {
    try {
      return await readListedObject(store, object, INDEX_OBJECT_MAX_BYTES, signal);
    } catch (error) {
      // Of a store that does not answer nothing can be said; of one object that it does not give, this.
      if (signal.aborted || !isAppError(error) || hasCode(error, "storage.unreachable")) throw error;
      return error.code;
    }
  }

  async #ask(
    request: Omit<IndexRequest, "id">,
    onBatch: Pending["onBatch"],
    signal: AbortSignal,
  ): Promise<IndexVerdict> {
    if (signal.aborted) throw new AppError("request.cancelled", {});
    if (this.#pending !== null) throw new Error("an index reader reads one file at a time");
    const worker = this.#running();
    const pending: Pending = { onBatch, done: Promise.withResolvers() };
    this.#pending = pending;
    // What a thread has begun can only be ended with it.
    const onAbort = (): void => {
      this.#worker = null;
      void worker.terminate();
      pending.done.reject(new AppError("request.cancelled", {}));
    };
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      this.#given += 1;
      worker.ref();
      worker.postMessage({ ...request, id: this.#given } satisfies IndexRequest, [request.packed.buffer]);
      return await pending.done.promise;
    } finally {
      signal.removeEventListener("abort", onAbort);
      this.#pending = null;
      worker.unref();
    }
  }

  #running(): Worker {
    if (this.#worker !== null) return this.#worker;
    this.#taken[0] = 0;
    const data: IndexThreadData = { taken: this.#taken };
    const worker = new Worker(this.#url, { name: "restore-index", execArgv: [], workerData: data });
    worker.on("message", (reply: IndexReply) => this.#onReply(worker, reply));
    worker.on("error", (error) => this.#logger.error("an index thread was lost", error));
    void once(worker, "exit").finally(() => this.#onExit(worker));
    this.#worker = worker;
    return worker;
  }

  #onReply(worker: Worker, reply: IndexReply): void {
    if (worker !== this.#worker) return;
    const pending = reply.id === this.#given ? this.#pending : null;
    switch (reply.kind) {
      case "batch":
        try {
          pending?.onBatch(reply.batch);
        } catch (error) {
          pending?.done.reject(error);
        }
        // Also of batches that nobody wants any more: the thread waits for it.
        Atomics.add(this.#taken, 0, 1);
        Atomics.notify(this.#taken, 0);
        return;
      case "verdict":
        pending?.done.resolve(reply.verdict);
        return;
      case "failed":
        pending?.done.reject(failure(this.#logger, reply.problem));
    }
  }

  /** Of a file that the thread died of it can only be said that it cannot be read. */
  #onExit(worker: Worker): void {
    if (worker !== this.#worker) return;
    this.#worker = null;
    this.#pending?.done.resolve({ isWhole: false, problem: "thread-lost", tenants: [], chunks: 0 });
  }
}

function failure(logger: Logger, problem: string): AppError {
  const cause = new Error(problem);
  const error = new AppError("internal", {}, { cause });
  error.reference = logger.error("an index file could not be read", cause);
  return error;
}
