import { Worker } from "node:worker_threads";
import { AppError } from "../../../../src-shared/errors/app-error.ts";
import type { ScanSummary } from "../../../../src-shared/model/storage/scan.ts";
import type { Logger } from "../../common/logger.ts";
import type { ChunkChecker } from "../integrity/chunk-checker.ts";
import type { ScanNews, ScanOrder } from "./scan-order.ts";
import type { FromScan, ScanAnswers, ScanCall, ToScan } from "./scan-protocol.ts";
import type { StorePatience } from "./store-patience.ts";
import { errorOfFailure, failureOf } from "./thread-failure.ts";

export interface ScanThreadOptions {
  readonly worker: URL;
  readonly logger: Logger;
  readonly patience: StorePatience;
  readonly checker: ChunkChecker;
  readonly onNews: (news: ScanNews) => void;
  /** The findings' file was damaged, set aside and begun anew. */
  readonly onDamaged: (error: AppError) => void;
}

/** An index file as it is in the bucket, packed: nothing larger is asked for. */
const MOST_BYTES = 2 ** 30;

/**
 * Carries out a scan in a thread of its own, which ends with it. Objects are read here, where the connections are; what is in them is
 * looked at in other threads. When the signal ends it, what was checked by then is kept. Rejects as `runScan` does.
 */
export async function scanInThread(
  order: ScanOrder,
  options: ScanThreadOptions,
  signal: AbortSignal,
): Promise<ScanSummary> {
  if (signal.aborted) throw new AppError("request.cancelled", {});
  const { logger } = options;
  const thread = new Worker(options.worker, { name: "storage-scan", execArgv: [] });
  const post = (message: ToScan, transfer: readonly ArrayBuffer[] = []): void =>
    thread.postMessage(message, [...transfer]);
  const { promise, resolve, reject } = Promise.withResolvers<ScanSummary>();
  const onAbort = (): void => post({ kind: "stop" });
  thread.on("message", (message: FromScan) => {
    switch (message.kind) {
      case "ask":
        answer(message.id, message.call, options, signal, post);
        return;
      case "news":
        options.onNews(message.news);
        return;
      case "damaged":
        options.onDamaged(errorOfFailure({ error: message.error }, logger, ""));
        return;
      case "done":
        resolve(message.summary);
        return;
      case "failed":
        reject(errorOfFailure(message.failure, logger, "a scan failed"));
    }
  });
  thread.on("error", (error) => reject(lost(logger, error)));
  const onExit = (code: number): void => reject(lost(logger, new Error(`the thread of a scan ended with ${code}`)));
  thread.on("exit", onExit);
  signal.addEventListener("abort", onAbort, { once: true });
  post({ kind: "begin", order });
  try {
    return await promise;
  } finally {
    signal.removeEventListener("abort", onAbort);
    // From here on it ends because it shall.
    thread.off("exit", onExit);
    await thread.terminate();
  }
}

function answer(
  id: number,
  call: ScanCall,
  options: ScanThreadOptions,
  signal: AbortSignal,
  post: (message: ToScan, transfer?: readonly ArrayBuffer[]) => void,
): void {
  carriedOut(call, options, signal).then(
    (given) => post({ kind: "answer", id, answer: given }, "bytes" in given && given.bytes ? [given.bytes.buffer] : []),
    (error: unknown) => post({ kind: "failure", id, failure: failureOf(error) }),
  );
}

async function carriedOut(
  call: ScanCall,
  { patience, checker }: ScanThreadOptions,
  signal: AbortSignal,
): Promise<ScanAnswers[keyof ScanAnswers]> {
  switch (call.method) {
    case "list":
      return patience.store.list(call.request, signal);
    case "head":
      return patience.store.head(call.key, {}, signal);
    case "get":
      return patience.read(call.key, call.options, MOST_BYTES, signal);
    case "check":
      return checker.check(call.batch, call.mode, signal);
  }
}

function lost(logger: Logger, cause: Error): AppError {
  const error = new AppError("internal", {}, { cause });
  error.reference = logger.error("the thread of a scan was lost", cause);
  return error;
}
