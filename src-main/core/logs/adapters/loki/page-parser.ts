import { Worker } from "node:worker_threads";
import { AppError } from "../../../../../src-shared/errors/app-error.ts";
import type { Direction } from "../../../../../src-shared/model/log-query.ts";
import type { Logger } from "../../../common/logger.ts";
import type { WorkerLocator } from "../../../common/worker-entry.ts";
import { parseLokiPage, type PageOutcome } from "./loki-page.ts";

/** Reads bodies of answers into columns. The body is given away. */
export interface PageParser extends AsyncDisposable {
  parse(body: Uint8Array, direction: Direction): Promise<PageOutcome>;
}

export interface PageJob {
  readonly id: number;
  readonly body: Uint8Array;
  readonly direction: Direction;
}

export type PageReply =
  | { readonly id: number; readonly outcome: PageOutcome }
  | { readonly id: number; readonly failure: string };

/** Below this a hand-over to another thread costs more than the parsing. */
const INLINE_BYTES = 64 * 1_024;

/** Parses on the calling thread: for the command line's small answers and for tests. */
export function createInlinePageParser(): PageParser {
  return {
    parse: async (body, direction) => parseLokiPage(body, direction),
    [Symbol.asyncDispose]: async () => {},
  };
}

export interface PageParserOptions {
  readonly locate: WorkerLocator;
  /** Worker threads at most; they are started when there is work for them. */
  readonly threads: number;
  readonly logger: Logger;
}

/** Parses large answers in worker threads, small ones at once. One pool serves all sources of a process. */
export function createPageParser(options: PageParserOptions): PageParser {
  return new PooledPageParser(options);
}

interface Pending {
  readonly resolve: (outcome: PageOutcome) => void;
  readonly reject: (error: Error) => void;
}

interface Thread {
  readonly worker: Worker;
  readonly pending: Map<number, Pending>;
}

class PooledPageParser implements PageParser {
  readonly #options: PageParserOptions;
  readonly #threads: Thread[] = [];
  #nextId = 1;
  #disposed = false;

  constructor(options: PageParserOptions) {
    this.#options = options;
  }

  async parse(body: Uint8Array, direction: Direction): Promise<PageOutcome> {
    if (this.#disposed) throw new AppError("request.cancelled", {});
    if (body.byteLength < INLINE_BYTES) return parseLokiPage(body, direction);
    const thread = this.#leastBusy();
    const job: PageJob = { id: this.#nextId++, body: ownBuffer(body), direction };
    return new Promise((resolve, reject) => {
      thread.pending.set(job.id, { resolve, reject });
      thread.worker.ref();
      thread.worker.postMessage(job, [job.body.buffer as ArrayBuffer]);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true;
    await Promise.all(
      this.#threads.splice(0).map((thread) => this.#end(thread, new AppError("request.cancelled", {}))),
    );
  }

  #leastBusy(): Thread {
    const idle = this.#threads.find(({ pending }) => pending.size === 0);
    if (idle !== undefined) return idle;
    if (this.#threads.length < Math.max(1, this.#options.threads)) return this.#start();
    return this.#threads.reduce((least, thread) => (thread.pending.size < least.pending.size ? thread : least));
  }

  #start(): Thread {
    const worker = new Worker(this.#options.locate("loki-page"));
    const thread: Thread = { worker, pending: new Map() };
    // The process may end while no answer is waited for.
    worker.unref();
    worker.on("message", (reply: PageReply) => {
      const waiting = thread.pending.get(reply.id);
      thread.pending.delete(reply.id);
      if (thread.pending.size === 0) worker.unref();
      if ("outcome" in reply) waiting?.resolve(reply.outcome);
      else waiting?.reject(new Error(`page worker: ${reply.failure}`));
    });
    const lost = (error: Error): void => {
      const place = this.#threads.indexOf(thread);
      if (place >= 0) this.#threads.splice(place, 1);
      if (thread.pending.size > 0) this.#options.logger.error("page worker ended", error);
      void this.#end(thread, error);
    };
    worker.on("error", lost);
    worker.on("exit", (code) => lost(new Error(`page worker ended with ${code}`)));
    this.#threads.push(thread);
    return thread;
  }

  async #end(thread: Thread, error: Error): Promise<void> {
    for (const { reject } of thread.pending.values()) reject(error);
    thread.pending.clear();
    await thread.worker.terminate();
  }
}

/** The body in a buffer that holds nothing else, since the whole buffer goes to the worker. */
function ownBuffer(body: Uint8Array): Uint8Array {
  return body.byteLength === body.buffer.byteLength && body.buffer instanceof ArrayBuffer ? body : new Uint8Array(body);
}
