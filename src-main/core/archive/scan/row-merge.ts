import type { LogBatch } from "../../../../src-shared/model/log-batch.ts";
import { gatherRows, type RowRun } from "./gather-rows.ts";
import { EqualRows } from "./equal-rows.ts";
import { CursorHeap, cursorTime, type MergeCursor, type RowComparison, rowComparison } from "./merge-cursor.ts";
import type { RowOrder } from "./row-order.ts";

const BATCH_ROWS = 16_384;
const BATCH_BYTES = 4 * 2 ** 20;

/**
 * Merges the rows of blocks that come one after the other in the order of their beginnings. Rows that no block to come can
 * be before are given out; a batch that stands apart from the others leaves as it came.
 */
export class RowMerge {
  readonly #compare: RowComparison;
  readonly #heap: CursorHeap;
  readonly #backward: boolean;
  readonly #tie = new EqualRows();
  #runs: RowRun[] = [];
  #pendingRows = 0;
  #pendingBytes = 0;
  #left: number;

  /** Gives out no more rows than `limit`. */
  constructor(order: RowOrder, limit: number | null) {
    this.#compare = rowComparison(order);
    this.#heap = new CursorHeap(this.#compare);
    this.#backward = order.direction === "backward";
    this.#left = limit ?? Number.POSITIVE_INFINITY;
  }

  get isFull(): boolean {
    return this.#left <= 0;
  }

  /** Bytes of rows that wait for others. */
  get heldBytes(): number {
    let total = 0;
    for (const { batch, at, end } of this.#heap.all) {
      total += (batch.lineOffsets[end] ?? 0) - (batch.lineOffsets[at] ?? 0) + (end - at) * 64;
      total += (batch.extraOffsets[end] ?? 0) - (batch.extraOffsets[at] ?? 0);
    }
    return total;
  }

  add(cursor: MergeCursor): void {
    if (cursor.at < cursor.end) this.#heap.push(cursor);
  }

  /** The batches that are ready when the next block begins at `frontierNs`; all that is there when `null`. */
  *take(frontierNs: bigint | null): Generator<LogBatch> {
    for (let top = this.#heap.peek(); top !== undefined && !this.isFull; top = this.#heap.peek()) {
      if (!this.#isBefore(top, top.at, frontierNs)) break;
      this.#heap.pop();
      const to = this.#runEnd(top, frontierNs);
      this.#takeRun(top, to);
      top.at = to;
      if (top.at < top.end) this.#heap.push(top);
      if (this.#pendingRows >= BATCH_ROWS || this.#pendingBytes >= BATCH_BYTES) yield* this.#flush();
    }
    this.#settleTie();
    yield* this.#flush();
  }

  /** The time in the middle of what is held, so that about half could be left out and read again. */
  middleOfHeld(): bigint | null {
    const middles = this.#heap.all.map((cursor) => cursorTime(cursor, (cursor.at + cursor.end) >> 1));
    middles.sort((left, right) => (left < right ? -1 : left > right ? 1 : 0));
    return middles[middles.length >> 1] ?? null;
  }

  /** Forgets the rows from an instant on (backward: up to it); the rest of their batches is freed. */
  cutAt(cutNs: bigint): void {
    const kept: MergeCursor[] = [];
    for (let cursor = this.#heap.pop(); cursor !== undefined; cursor = this.#heap.pop()) {
      let end = cursor.at;
      while (end < cursor.end && this.#isBefore(cursor, end, cutNs)) end += 1;
      if (end === cursor.at) continue;
      if (end === cursor.end) {
        kept.push(cursor);
        continue;
      }
      const { at, identities } = cursor;
      const batch = gatherRows([{ batch: cursor.batch, from: at, to: end }]);
      // Streams are numbered anew, in the order in which they come.
      const hashes = new BigUint64Array(batch.streams.length);
      for (let row = at; row < end; row += 1) {
        hashes[batch.streamRefs[row - at] ?? 0] = cursor.hashes[cursor.batch.streamRefs[row] ?? 0] ?? 0n;
      }
      kept.push({ ...cursor, batch, hashes, identities: identities?.slice(at, end) ?? null, at: 0, end: end - at });
    }
    for (const cursor of kept) this.#heap.push(cursor);
  }

  #isBefore(cursor: MergeCursor, row: number, frontierNs: bigint | null): boolean {
    if (frontierNs === null) return true;
    const time = cursorTime(cursor, row);
    return this.#backward ? time > frontierNs : time < frontierNs;
  }

  /** Behind the last row of a cursor that comes before every other cursor's and before the frontier. */
  #runEnd(cursor: MergeCursor, frontierNs: bigint | null): number {
    const other = this.#heap.peek();
    const isNext = (row: number): boolean =>
      this.#isBefore(cursor, row, frontierNs) &&
      (other === undefined || this.#compare(cursor, row, other, other.at) <= 0);
    if (isNext(cursor.end - 1)) return cursor.end;
    // The first row is next; look further in growing steps, then between the last two.
    let low = cursor.at;
    let high = cursor.end - 1;
    for (let step = 1; low + step < high; step *= 2) {
      if (!isNext(low + step)) {
        high = low + step;
        break;
      }
      low += step;
    }
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (isNext(middle)) low = middle;
      else high = middle;
    }
    return low + 1;
  }

  #takeRun(cursor: MergeCursor, to: number): void {
    const { batch, identities } = cursor;
    if (identities === null) {
      this.#settleTie();
      this.#append({ batch, from: cursor.at, to });
      return;
    }
    for (let row = cursor.at; row < to; row += 1) {
      const identity = identities[row] ?? 0n;
      const run = { batch, from: row, to: row + 1 };
      if (identity === 0n) {
        this.#settleTie();
        this.#append(run);
        continue;
      }
      const timeNs = cursorTime(cursor, row);
      if (this.#tie.timeNs !== timeNs) this.#settleTie();
      const hash = cursor.hashes[batch.streamRefs[row] ?? 0] ?? 0n;
      this.#tie.add(run, timeNs, hash, identity, cursor.order);
    }
  }

  /** Gives out the rows of one time that were seen last, equal ones once. */
  #settleTie(): void {
    for (const run of this.#tie.take()) this.#append(run);
  }

  #append({ batch, from, to }: RowRun): void {
    const count = Math.min(to - from, this.#left);
    if (count <= 0) return;
    const last = this.#runs.at(-1);
    if (last !== undefined && last.batch === batch && last.to === from) last.to = from + count;
    else this.#runs.push({ batch, from, to: from + count });
    this.#left -= count;
    this.#pendingRows += count;
    this.#pendingBytes += (batch.lineOffsets[from + count] ?? 0) - (batch.lineOffsets[from] ?? 0);
  }

  *#flush(): Generator<LogBatch> {
    const runs = this.#runs;
    this.#runs = [];
    this.#pendingRows = 0;
    this.#pendingBytes = 0;
    let small: RowRun[] = [];
    for (const run of runs) {
      if (run.from === 0 && run.to === run.batch.rowCount && run.to >= 1_024) {
        if (small.length > 0) yield gatherRows(small);
        small = [];
        yield run.batch;
      } else small.push(run);
    }
    if (small.length > 0) yield gatherRows(small);
  }
}
