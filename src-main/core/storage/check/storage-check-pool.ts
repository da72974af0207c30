import { availableParallelism } from "node:os";
import { AppError } from "../../../../src-shared/errors/app-error.ts";
import type { Logger } from "../../common/logger.ts";
import type { WorkerLocator } from "../../common/worker-entry.ts";
import {
  CHUNK_OBJECT_MAX_BYTES,
  type ChunkChecker,
  type CheckMode,
  type ChunkVerdict,
  type ListedChunk,
} from "../integrity/chunk-checker.ts";
import { verdictOfFailure } from "../integrity/chunk-verdict.ts";
import { readListedObject } from "../integrity/read-object.ts";
import type { ScannedStore } from "../integrity/scanned-store.ts";
import type { CheckRequest } from "./check-protocol.ts";
import { CheckThread } from "./check-thread.ts";

/** Batches of files: large enough that a message costs nothing, small enough that a scan ends soon when it is told to. */
const FILES_AT_ONCE = 128;
const FILE_BYTES_AT_ONCE = 16 * 2 ** 20;
/** Requests of a store that are under way at a time. */
const STORE_LANES = 16;

/** The object that a thread was lost over twice. */
const LOST: ChunkVerdict = { kind: "unreadable", code: "internal" };

/**
 * The `storage-check` threads of a process. They start with the first check and end with the pool. An object that a thread dies
 * of is a verdict, and the pool goes on with a new one.
 */
export class StorageCheckPool implements AsyncDisposable {
  readonly #threads: readonly CheckThread[];
  #closed = false;

  constructor(options: {
    readonly locate: WorkerLocator;
    readonly logger: Logger;
    /** As many as there are cores, at most eight, without. */
    readonly threads?: number;
  }) {
    const count = options.threads ?? Math.max(1, Math.min(8, availableParallelism()));
    const url = options.locate("storage-check");
    this.#threads = Array.from({ length: count }, () => new CheckThread(url, options.logger));
  }

  /** Chunks of a folder that is a copy of a bucket: the threads read the files themselves. */
  ofFolder(folder: string): ChunkChecker {
    return {
      batchObjects: FILES_AT_ONCE,
      batchBytes: FILE_BYTES_AT_ONCE,
      // Each thread finds the next batch when it is done with one.
      batchesAtOnce: this.#threads.length * 2,
      check: (batch, mode, signal) => this.#checkFiles(folder, batch, mode, signal),
    };
  }

  /** Chunks of any store: read here, and given to a thread without a copy. */
  ofStore(store: ScannedStore): ChunkChecker {
    return {
      batchObjects: 1,
      batchBytes: CHUNK_OBJECT_MAX_BYTES,
      batchesAtOnce: STORE_LANES,
      check: (batch, mode, signal) =>
        Promise.all(batch.map((listed) => this.#checkObject(store, listed, mode, signal))),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#threads.map((thread) => thread[Symbol.asyncDispose]()));
  }

  async #checkFiles(
    folder: string,
    batch: readonly ListedChunk[],
    mode: CheckMode,
    signal: AbortSignal,
  ): Promise<readonly ChunkVerdict[]> {
    const request = (of: readonly ListedChunk[]): CheckRequest => ({
      kind: "files",
      folder,
      mode,
      chunks: of.map(({ object, chunk }) => ({ key: object.key, chunk })),
    });
    const verdicts = await this.#ask(request(batch), signal);
    if (verdicts !== null) return verdicts;
    // One of them ends threads, and only it shall be told for it.
    const singly: ChunkVerdict[] = [];
    for (const listed of batch) {
      // oxlint-disable-next-line no-await-in-loop -- what else is asked of the thread at the time would be lost with it
      const verdict = await this.#ask(request([listed]), signal);
      singly.push(verdict?.[0] ?? LOST);
    }
    return singly;
  }

  async #checkObject(
    store: ScannedStore,
    { object, chunk }: ListedChunk,
    mode: CheckMode,
    signal: AbortSignal,
  ): Promise<ChunkVerdict> {
    try {
      // Read again for a thread that was lost: the bytes went with it, and it may have been lost over another object.
      for (let attempt = 0; attempt < 2; attempt += 1) {
        // oxlint-disable-next-line no-await-in-loop -- the second attempt is for what the first one lost
        const reading = await readListedObject(store, object, CHUNK_OBJECT_MAX_BYTES, signal);
        if (reading === "too-large") return { kind: "unreadable", code: reading };
        // oxlint-disable-next-line no-await-in-loop -- as above
        const verdicts = await this.#ask({ kind: "bytes", mode, chunk, bytes: reading.bytes }, signal);
        const verdict = verdicts?.[0];
        if (verdict !== undefined) return verdict;
      }
      return LOST;
    } catch (error) {
      if (signal.aborted) throw error;
      return verdictOfFailure(error);
    }
  }

  /** `null` where the thread was lost. A request that was begun is not stopped; its answer is forgotten. */
  async #ask(request: CheckRequest, signal: AbortSignal): Promise<readonly ChunkVerdict[] | null> {
    if (this.#closed || signal.aborted) throw new AppError("request.cancelled", {});
    const cancelled = Promise.withResolvers<never>();
    const onAbort = () => cancelled.reject(new AppError("request.cancelled", {}));
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      const [thread] = this.#threads.toSorted((a, b) => a.pending - b.pending);
      if (thread === undefined) throw new Error("a pool without threads");
      return await Promise.race([thread.ask(request), cancelled.promise]);
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }
}
