import type { AppError } from "../../../../src-shared/errors/app-error.ts";
import type { ScanSummary } from "../../../../src-shared/model/storage/scan.ts";
import type { Clock } from "../../common/clock.ts";
import type { Logger } from "../../common/logger.ts";
import type { WorkerLocator } from "../../common/worker-entry.ts";
import { StorageCheckPool } from "../check/storage-check-pool.ts";
import type { ChunkChecker } from "../integrity/chunk-checker.ts";
import { RateBucket } from "../../common/rate-bucket.ts";
import type { OpenedStore } from "../stores/opened-store.ts";
import type { ScanNews, ScanOrder } from "./scan-order.ts";
import { scanInThread } from "./scan-thread.ts";
import { StorePatience, type StoreAway } from "./store-patience.ts";
import { storeProbe } from "./store-probe.ts";

export interface ScanRunnerOptions {
  readonly locateWorker: WorkerLocator;
  readonly clock: Clock;
  readonly logger: Logger;
  /** For how long a store may be away before a scan fails, to be resumed. */
  readonly patienceMs: number;
  /** The findings' file was damaged, set aside and begun anew. */
  readonly onDamaged: (error: AppError) => void;
}

export interface ScanRun {
  readonly opened: OpenedStore;
  readonly order: Omit<ScanOrder, "batches">;
  readonly bytesPerSecond: number | null;
  readonly onNews: (news: ScanNews) => void;
  /** The store went away, and with `null`, came back. */
  readonly onWaiting: (waiting: StoreAway | null) => void;
}

/** A batch takes half a second of the rate at most: a scan that is held back still notices when it is told to end. */
const BATCHES_PER_SECOND = 2;

/** Carries out scans, whoever asks: the threads that look into objects are started with the first and shared. */
export class ScanRunner implements AsyncDisposable {
  readonly #options: ScanRunnerOptions;
  #pool: StorageCheckPool | null = null;

  constructor(options: ScanRunnerOptions) {
    this.#options = options;
  }

  /** Rejects as `runScan` does, and with what the store said last when it was away for too long. */
  async run({ opened, order, bytesPerSecond, onNews, onWaiting }: ScanRun, signal: AbortSignal): Promise<ScanSummary> {
    const { clock, logger, locateWorker, patienceMs, onDamaged } = this.#options;
    this.#pool ??= new StorageCheckPool({ locate: locateWorker, logger });
    const probe = storeProbe(opened.store, opened.folder);
    await probe(signal);
    const patience = new StorePatience({ store: opened.store, clock, patienceMs, probe, onWaiting });
    const unpaced = opened.folder === null ? this.#pool.ofStore(opened.store) : this.#pool.ofFolder(opened.folder);
    const checker = patience.patient(paced(unpaced, bytesPerSecond, clock));
    const { batchObjects, batchBytes, batchesAtOnce } = checker;
    return scanInThread(
      { ...order, batches: { batchObjects, batchBytes, batchesAtOnce } },
      { worker: locateWorker("storage-scan"), logger, patience, checker, onNews, onDamaged },
      signal,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool?.[Symbol.asyncDispose]();
    this.#pool = null;
  }
}

/** Threads read a folder's files themselves, so what is held back is whole batches. */
function paced(checker: ChunkChecker, bytesPerSecond: number | null, clock: Clock): ChunkChecker {
  if (bytesPerSecond === null) return checker;
  const pace = new RateBucket(bytesPerSecond, clock);
  return {
    ...checker,
    batchBytes: Math.max(1, Math.min(checker.batchBytes, bytesPerSecond / BATCHES_PER_SECOND)),
    check: async (batch, mode, signal) => {
      const bytes = batch.reduce((sum, { object }) => sum + object.sizeBytes, 0);
      await pace.take(bytes, signal);
      return checker.check(batch, mode, signal);
    },
  };
}
