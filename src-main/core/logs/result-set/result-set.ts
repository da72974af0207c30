import type { LogTarget } from "../../../../src-shared/api/log-target.ts";
import type { ResultSetState, TextMatch } from "../../../../src-shared/api/logs.api.ts";
import { AppError } from "../../../../src-shared/errors/app-error.ts";
import type { ResultSetId } from "../../../../src-shared/model/ids.ts";
import type { LogBatch } from "../../../../src-shared/model/log-batch.ts";
import type { Direction } from "../../../../src-shared/model/log-query.ts";
import type { RowMarker } from "../../../../src-shared/model/log-row.ts";
import type { NanoTime } from "../../../../src-shared/model/nano-time.ts";
import type { ScanPool } from "../scan/scan-pool.ts";
import type { RowPredicate } from "../scan/scan-protocol.ts";
import { Selection } from "../scan/selection.ts";
import { SelectionCache } from "../scan/selection-cache.ts";
import type { ReadingPhase, ReadingProgress } from "./reading-progress.ts";
import type { RowStore, StoredRow } from "./row-store.ts";

export interface ResultSetOptions {
  readonly id: ResultSetId;
  /** Who opened it: the principal whose sets are counted together. */
  readonly owner: string;
  readonly target: LogTarget;
  readonly direction: Direction;
  readonly store: RowStore;
  readonly progress: ReadingProgress;
  readonly pool: ScanPool;
  /** What a row of a filtered view must be; empty for a set that holds all rows of its store. */
  readonly predicates: readonly RowPredicate[];
}

/**
 * Rows with numbers, as the page looks at them: all rows of a store in the order in which they came, or, for a view, those
 * that a filter lets through. A view shares the store's columns and goes on as the store grows.
 */
export class ResultSet implements AsyncDisposable {
  readonly id: ResultSetId;
  readonly owner: string;
  readonly target: LogTarget;
  readonly direction: Direction;
  readonly store: RowStore;
  readonly progress: ReadingProgress;
  readonly predicates: readonly RowPredicate[];
  readonly #view: Selection | null;
  readonly #searches: SelectionCache;
  readonly #listeners = new Set<() => void>();
  readonly #endings: (() => void)[] = [];
  #version = 0;
  #closed = false;

  /** The store must have been retained for this set. */
  constructor(options: ResultSetOptions) {
    this.id = options.id;
    this.owner = options.owner;
    this.target = options.target;
    this.direction = options.direction;
    this.store = options.store;
    this.progress = options.progress;
    this.predicates = options.predicates;
    this.#searches = new SelectionCache(options.store, options.pool);
    this.#endings.push(this.progress.onChange(() => this.#changed()));
    this.#view = this.predicates.length === 0 ? null : this.#viewOf(options);
  }

  get rowCount(): number {
    return this.#view?.count ?? this.store.rowCount;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** The filter's rows; `null` for a set of all rows. */
  get view(): Selection | null {
    return this.#view;
  }

  get version(): number {
    return this.#version;
  }

  /** Whether every row that was read so far is numbered. */
  get caughtUp(): boolean {
    return this.#view === null || this.#view.caughtUp;
  }

  /** Whether nothing will change any more. */
  get ended(): boolean {
    return this.progress.ended && (this.caughtUp || this.#view?.error !== null);
  }

  /** Calls back with every change; the answer ends it. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  state(): ResultSetState {
    const { progress, store } = this;
    const view = this.#view;
    const error = view?.error ?? progress.error;
    return {
      set: this.id,
      phase: this.#phase(),
      version: this.#version,
      rows: this.rowCount,
      bytes: view?.lineBytes ?? store.lineBytes,
      ...(view === null && store.firstNs !== null ? { firstNs: String(store.firstNs) } : {}),
      ...(view === null && store.lastNs !== null ? { lastNs: String(store.lastNs) } : {}),
      direction: this.direction,
      rowsPerSecond: progress.rate.perSecond(),
      dropped: progress.dropped,
      gaps: progress.gaps,
      spilledBytes: store.spilledBytes,
      completeness: progress.completeness,
      stats: progress.stats,
      ...(error === null ? {} : { error: error.toWire() }),
    };
  }

  /** Calls back when the set is closed. */
  onClose(listener: () => void): void {
    this.#endings.push(listener);
  }

  /** Waits while memory is short. @throws `logs.spill-failed`; the batch is kept even then. */
  async append(batch: LogBatch): Promise<void> {
    if (this.#closed) throw new AppError("request.cancelled", {});
    this.store.append(batch);
    this.progress.grew(batch.rowCount);
    await this.store.admit();
  }

  appendMarker(timestampNs: NanoTime, marker: RowMarker): void {
    this.store.appendMarker(timestampNs, marker);
    this.progress.sawMarker(marker);
  }

  /** The store's number of a row of this set; -1 when there is no such row. */
  storeRow(row: number): number {
    if (this.#view !== null) return this.#view.rowAt(row);
    return row >= 0 && row < this.store.rowCount ? row : -1;
  }

  /** This set's number of a row of the store: the rows of this set before it. */
  rowOf(storeRow: number): number {
    return this.#view?.countBefore(storeRow) ?? storeRow;
  }

  /** Shows rows `[from, to)` as far as there are such; numbers in `StoredRow` are the store's. */
  async visit(from: number, to: number, maxLineBytes: number, visitor: (row: StoredRow) => void): Promise<void> {
    const end = Math.min(to, this.rowCount);
    const rows = Array.from({ length: Math.max(0, end - from) }, (_, index) => this.storeRow(from + index));
    await this.store.visit(rows, maxLineBytes, visitor);
  }

  async timestampAt(row: number): Promise<bigint> {
    return await this.store.timestampAt(this.storeRow(row));
  }

  /** The rows of this set whose line matches, known from earlier searches or being looked for. */
  search(match: TextMatch): Selection {
    const search = this.#searches.get([...this.predicates, { match }]);
    search.extend();
    return search;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    for (const end of this.#endings) end();
    this.#view?.stop();
    this.#searches.clear();
    this.#changed();
    await this.store.release();
  }

  #viewOf({ store, pool, predicates }: ResultSetOptions): Selection {
    const view = new Selection({ store, pool, predicates, markers: true });
    this.#endings.push(view.onProgress(() => this.#changed()));
    this.#endings.push(this.progress.onChange(() => view.extend()));
    view.extend();
    return view;
  }

  #phase(): ReadingPhase {
    const view = this.#view;
    if (view === null || view.caughtUp) return this.progress.phase;
    if (view.error !== null) return "failed";
    return this.progress.ended ? "reading" : this.progress.phase;
  }

  #changed(): void {
    this.#version += 1;
    for (const listener of this.#listeners) listener();
  }
}
