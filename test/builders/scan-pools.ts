import { ScanPool } from "../../src-main/core/logs/scan/scan-pool.ts";
import { systemClock } from "../../src-main/core/common/clock.ts";
import { RecordingLogger } from "./recording-logger.ts";
import { workerSource } from "./worker-source.ts";

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
