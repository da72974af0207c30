import type { AppError } from "../../../../src-shared/errors/app-error.ts";
import type { RowStore } from "../result-set/row-store.ts";
import { lendPart } from "./part-place.ts";
import { countBits, nextBit, nthBit, previousBit, unite, type RowBitmap } from "./row-bitmap.ts";
import type { ScanJob, ScanPool, ScanTask } from "./scan-pool.ts";
import type { RowPredicate, ScanAnswer } from "./scan-protocol.ts";

interface ScannedPart {
  words: RowBitmap;
  /** Rows of the part that were looked at. */
  rows: number;
  /** Selected rows in it, and in all parts before it. */
  count: number;
  before: number;
}

interface EarlyAnswer {
  readonly words: RowBitmap;
  readonly rows: number;
  readonly lineBytes: number;
}

/**
 * The rows of a store for which some predicates hold: a search's matches, or the rows of a filtered view. Worker threads
 * find them part by part; what is known is always the whole of the rows before `scannedRows`, so that the n-th selected
 * row stays the n-th. It goes on where it was when the store has grown and `extend` is called.
 */
export class Selection implements ScanJob {
  readonly predicates: readonly RowPredicate[];
  readonly #store: RowStore;
  readonly #pool: ScanPool;
  readonly #markers: boolean;
  readonly #parts: ScannedPart[] = [];
  /** Answers that came before those of earlier parts. */
  readonly #early = new Map<number, EarlyAnswer>();
  readonly #listeners = new Set<() => void>();
  /** The parts of the pass under way: `[nextPart, passEnd)`. Only the last of them may still be growing. */
  #nextPart = 0;
  #passEnd = 0;
  /** The part whose answer is the next to be counted. */
  #nextCommit = 0;
  #running = 0;
  #scannedRows = 0;
  #count = 0;
  #lineBytes = 0;
  #error: AppError | null = null;
  #stopped = false;

  constructor(options: {
    readonly store: RowStore;
    readonly pool: ScanPool;
    readonly predicates: readonly RowPredicate[];
    readonly markers: boolean;
  }) {
    this.#store = options.store;
    this.#pool = options.pool;
    this.predicates = options.predicates;
    this.#markers = options.markers;
  }

  /** Rows from the first on that were looked at. */
  get scannedRows(): number {
    return this.#scannedRows;
  }

  /** Selected rows among them. */
  get count(): number {
    return this.#count;
  }

  /** Bytes of their lines. */
  get lineBytes(): number {
    return this.#lineBytes;
  }

  /** Whether every row that the store has now was looked at. */
  get caughtUp(): boolean {
    return this.#scannedRows >= this.#store.rowCount;
  }

  /** Why the search ended before its end. */
  get error(): AppError | null {
    return this.#error;
  }

  /** Calls back whenever more is known; the answer ends it. */
  onProgress(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Looks at rows that were added since. */
  extend(): void {
    if (this.#stopped || this.#error !== null || this.#running > 0 || this.caughtUp) return;
    // The last part may have grown since it was looked at.
    const last = this.#parts.length - 1;
    const grown = last >= 0 && (this.#parts[last]?.rows ?? 0) < this.#store.part(last).rowCount;
    this.#nextPart = grown ? last : this.#parts.length;
    this.#nextCommit = this.#nextPart;
    this.#passEnd = this.#store.partCount;
    this.#pool.start(this);
  }

  stop(): void {
    this.#stopped = true;
    this.#pool.stop(this);
  }

  next(): ScanTask | null {
    if (this.#stopped || this.#error !== null || this.#nextPart >= this.#passEnd) return null;
    const part = this.#nextPart;
    this.#nextPart += 1;
    this.#running += 1;
    const fromRow = this.#parts[part]?.rows ?? 0;
    let rows = 0;
    return {
      prepare: () => {
        rows = this.#store.part(part).rowCount;
        const lent = lendPart(this.#store, part, fromRow);
        return {
          request: {
            kind: "select",
            place: lent.place,
            firstRow: lent.firstRow,
            fromRow,
            predicates: this.predicates,
            markers: this.#markers,
          },
          transfer: lent.transfer,
          release: () => lent.release(),
        };
      },
      answered: (answer) => this.#onAnswer(part, rows, answer),
      failed: (error) => {
        this.#running -= 1;
        this.#error ??= error;
        this.#pool.stop(this);
        this.#tell();
      },
    };
  }

  /** Bits of a part; `null` when it was not looked at yet. */
  partBits(part: number): { readonly words: RowBitmap; readonly rows: number; readonly count: number } | null {
    return this.#parts[part] ?? null;
  }

  /** The store's row that is the n-th selected one, from 0; -1 when there are not so many. */
  rowAt(n: number): number {
    if (n < 0 || n >= this.#count) return -1;
    let low = 0;
    let high = this.#parts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((this.#parts[middle]?.before ?? 0) <= n) low = middle;
      else high = middle - 1;
    }
    const part = this.#parts[low];
    if (part === undefined) return -1;
    return this.#store.part(low).firstRow + nthBit(part.words, n - part.before);
  }

  /** Selected rows before a row of the store. */
  countBefore(row: number): number {
    if (row >= this.#scannedRows) return this.#count;
    const index = this.#store.partOf(row);
    const part = this.#parts[index];
    if (part === undefined) return this.#count;
    return part.before + countBits(part.words, 0, row - this.#store.part(index).firstRow);
  }

  /** The first selected row at or after a row of the store; -1 when none is known. */
  firstFrom(row: number): number {
    for (let index = this.#store.partOf(row); index < this.#parts.length; index += 1) {
      const part = this.#parts[index];
      if (part === undefined || part.count === 0) continue;
      const { firstRow } = this.#store.part(index);
      const found = nextBit(part.words, Math.max(0, row - firstRow));
      if (found !== -1) return firstRow + found;
    }
    return -1;
  }

  /** The last selected row before a row of the store; -1 when none is known. */
  lastBefore(row: number): number {
    if (row <= 0) return -1;
    const from = Math.min(this.#store.partOf(row - 1), this.#parts.length - 1);
    for (let index = from; index >= 0; index -= 1) {
      const part = this.#parts[index];
      if (part === undefined || part.count === 0) continue;
      const { firstRow } = this.#store.part(index);
      const found = previousBit(part.words, Math.min(part.rows, row - firstRow));
      if (found !== -1) return firstRow + found;
    }
    return -1;
  }

  #onAnswer(part: number, rows: number, answer: ScanAnswer): void {
    this.#running -= 1;
    if (answer.kind === "select") {
      this.#early.set(part, { words: answer.words, rows, lineBytes: answer.lineBytes });
    }
    for (; this.#early.has(this.#nextCommit); this.#nextCommit += 1) this.#commit(this.#nextCommit);
    if (this.#running === 0 && this.#early.size === 0) this.extend();
    this.#tell();
  }

  #commit(index: number): void {
    const answer = this.#early.get(index);
    if (answer === undefined) return;
    this.#early.delete(index);
    this.#lineBytes += answer.lineBytes;
    const known = this.#parts[index];
    if (known === undefined) {
      const count = countBits(answer.words, 0, answer.rows);
      this.#parts.push({ words: answer.words, rows: answer.rows, count, before: this.#count });
      this.#count += count;
      this.#scannedRows += answer.rows;
      return;
    }
    // The answer marks the new rows only.
    unite(answer.words, known.words);
    const count = countBits(answer.words, 0, answer.rows);
    this.#count += count - known.count;
    this.#scannedRows += answer.rows - known.rows;
    known.words = answer.words;
    known.rows = answer.rows;
    known.count = count;
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
