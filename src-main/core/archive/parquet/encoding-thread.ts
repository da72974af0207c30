import { Worker } from "node:worker_threads";
import { AppError } from "../../../../src-shared/errors/app-error.ts";
import type { Logger } from "../../common/logger.ts";
import type { WrittenSlice } from "../archive-writer.ts";
import type { WriteFailure, WriteMessage, WriteReply, WriteRequest } from "./write-protocol.ts";

interface Waiting {
  readonly resolve: (written: WrittenSlice | null) => void;
  readonly reject: (error: Error) => void;
}

/** One worker thread that encodes slices. It keeps the process alive only while an answer is waited for. */
export class EncodingThread {
  /** Slices that are open here; the pool spreads new ones by it. */
  openSlices = 0;
  readonly #worker: Worker;
  readonly #logger: Logger;
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 1;
  #lost: Error | null = null;

  constructor(entry: URL, logger: Logger) {
    this.#logger = logger;
    this.#worker = new Worker(entry);
    this.#worker.unref();
    // Replies come from this program's own worker alone.
    this.#worker.on("message", (reply: WriteReply) => this.#settle(reply));
    this.#worker.on("error", (error: Error) => this.#lose(error));
    this.#worker.on("exit", (code) => this.#lose(new Error(`the archive writer's thread ended with ${code}`)));
  }

  get lost(): boolean {
    return this.#lost !== null;
  }

  /** @throws `files.disk-full`, `files.unwritable` */
  ask(request: WriteRequest, transfer: readonly ArrayBuffer[] = []): Promise<WrittenSlice | null> {
    const lost = this.#lost;
    if (lost !== null) return Promise.reject(lost);
    const message: WriteMessage = { id: this.#nextId++, request };
    return new Promise((resolve, reject) => {
      this.#waiting.set(message.id, { resolve, reject });
      this.#worker.ref();
      this.#worker.postMessage(message, [...transfer]);
    });
  }

  async end(): Promise<void> {
    this.#lost ??= new AppError("request.cancelled", {});
    this.#rejectAll(this.#lost);
    await this.#worker.terminate();
  }

  #settle(reply: WriteReply): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if (this.#waiting.size === 0) this.#worker.unref();
    if ("written" in reply) waiting?.resolve(reply.written);
    else waiting?.reject(errorOf(reply.failure));
  }

  #lose(error: Error): void {
    if (this.#lost !== null) return;
    this.#lost = error;
    this.#logger.error("archive writer's thread lost", error, { waiting: this.#waiting.size });
    this.#rejectAll(error);
  }

  #rejectAll(error: Error): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}

function errorOf(failure: WriteFailure): Error {
  if (failure.code === "files.disk-full") return new AppError(failure.code, { file: failure.file });
  if (failure.code === "files.unwritable") {
    return new AppError(failure.code, { file: failure.file, problem: failure.problem });
  }
  return new Error(`archive writer: ${failure.problem}`);
}
