import { ScanPool } from "../../src-main/core/logs/scan/scan-pool.ts";
import { systemClock } from "../../src-main/core/common/clock.ts";
import { RecordingLogger } from "./recording-logger.ts";

/** Where the worker threads' sources are; Node runs them as they are. */
export function workerSource(name: string): URL {
  return new URL(`../../src-main/workers/${name}.worker.ts`, import.meta.url);
}

/** A pool of real worker threads. */
export function scanPool(options: { readonly threads?: number; readonly taskLimitMs?: number } = {}): ScanPool {
  return new ScanPool({
    workerUrl: workerSource("row-scan"),
    clock: systemClock,
    logger: new RecordingLogger(),
    threads: 2,
    ...options,
  });
}
