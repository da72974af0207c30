import { join } from "node:path";
import type { LogTarget } from "../../../src-shared/api/log-target.ts";
import { AppError } from "../../../src-shared/errors/app-error.ts";
import type { Direction } from "../../../src-shared/model/log-query.ts";
import type { Clock } from "../common/clock.ts";
import { fireAndForget, type Logger } from "../common/logger.ts";
import type { WorkerLocator } from "../common/worker-entry.ts";
import type { SettingValues } from "../settings/setting-values.ts";
import { ReadingProgress } from "./result-set/reading-progress.ts";
import { ResultSet } from "./result-set/result-set.ts";
import { RowStore } from "./result-set/row-store.ts";
import { SegmentMemory } from "./result-set/segment-memory.ts";
import { SetRegistry } from "./result-set/set-registry.ts";
import { SpillDirectory } from "./result-set/spill-directory.ts";
import { openSpillFile, type OpenSpillFile } from "./result-set/spill-file.ts";
import { ScanPool } from "./scan/scan-pool.ts";
import type { RowPredicate } from "./scan/scan-protocol.ts";
import { FieldStatsCounter } from "./set-field-stats.ts";

export interface ResultSetsOptions {
  readonly settings: SettingValues;
  readonly clock: Clock;
  readonly logger: Logger;
  /** The profile's folder; spilled rows go to `spill` in it. */
  readonly profileDirectory: string;
  readonly locateWorker: WorkerLocator;
  /** How spill files are opened; on the real disk unless a test says otherwise. */
  readonly openSpillFile?: OpenSpillFile;
}

/** All result sets of the console with what they share: memory, disk, worker threads. */
export class ResultSets implements AsyncDisposable {
  readonly registry: SetRegistry;
  readonly pool: ScanPool;
  readonly #options: ResultSetsOptions;
  readonly #memory: SegmentMemory;
  readonly #spill: SpillDirectory;
  readonly #fieldStats = new WeakMap<ResultSet, FieldStatsCounter>();

  private constructor(options: ResultSetsOptions, spill: SpillDirectory) {
    const { settings, clock, logger } = options;
    this.#options = options;
    this.#spill = spill;
    this.#memory = new SegmentMemory({ budgetBytes: () => settings.get("logs.memoryMaxBytes"), clock, logger });
    this.pool = new ScanPool({ workerUrl: options.locateWorker("row-scan"), clock, logger });
    this.registry = new SetRegistry(logger);
  }

  /**
   * Opens the spill folder and clears away what ended processes left in it.
   * @throws `files.unwritable` when there can be no such folder.
   */
  static async open(options: ResultSetsOptions): Promise<ResultSets> {
    const folder = join(options.profileDirectory, "spill");
    const spill = await SpillDirectory.open(folder, options.logger).catch((error: unknown) => {
      const problem = error instanceof Error && "code" in error ? String(error.code) : "unknown";
      throw new AppError("files.unwritable", { file: folder, problem }, { cause: error });
    });
    return new ResultSets(options, spill);
  }

  /** Bytes of memory that rows take; for tests and the support bundle. */
  get residentBytes(): number {
    return this.#memory.residentBytes;
  }

  /** A new, empty set and the controller that ends its reading. */
  create(owner: string, target: LogTarget, direction: Direction): { set: ResultSet; abort: AbortController } {
    const id = this.registry.newId();
    const store = new RowStore(this.#memory, () =>
      this.#spill.openFile(id, this.#options.openSpillFile ?? openSpillFile),
    );
    const progress = new ReadingProgress(this.#options.clock);
    const set = new ResultSet({ id, owner, target, direction, store, progress, pool: this.pool, predicates: [] });
    const abort = new AbortController();
    this.registry.add(set, { abort, ownedBy: id });
    return { set, abort };
  }

  /** The rows of a set for which a predicate holds, as a set of its own over the same store. */
  createView(base: ResultSet, owner: string, predicate: RowPredicate): ResultSet {
    const { target, direction, store, progress } = base;
    const reading = this.registry.readingOf(base.id);
    store.retain();
    const set = new ResultSet({
      id: this.registry.newId(),
      owner,
      target,
      direction,
      store,
      progress,
      pool: this.pool,
      predicates: [...base.predicates, predicate],
    });
    this.registry.add(set, reading);
    return set;
  }

  /** The counter of a set's fields; it remembers how far it came. */
  fieldStats(set: ResultSet): FieldStatsCounter {
    const known = this.#fieldStats.get(set);
    if (known !== undefined) return known;
    const { clock, logger } = this.#options;
    const counter = new FieldStatsCounter(set, this.pool, clock);
    this.#fieldStats.set(set, counter);
    set.onClose(() => {
      fireAndForget(counter[Symbol.asyncDispose](), logger, "field counts could not be given back");
    });
    return counter;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.registry[Symbol.asyncDispose]();
    await this.pool[Symbol.asyncDispose]();
    await this.#spill[Symbol.asyncDispose]();
  }
}
