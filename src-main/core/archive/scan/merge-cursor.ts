import type { LogBatch } from "../../../../src-shared/model/log-batch.ts";
import type { RowOrder } from "./row-order.ts";

/** The rows of a block on their way into the merge; they are in the query's order. */
export interface MergeCursor {
  readonly batch: LogBatch;
  /** Of each stream of the batch, as it was stored. */
  readonly hashes: BigUint64Array;
  readonly identities: BigUint64Array | null;
  /** The block's place in the archive. */
  readonly order: number;
  /** The next row. */
  at: number;
  /** Behind the last row that is to be merged. */
  end: number;
}

export function cursorTime({ batch }: MergeCursor, row: number): bigint {
  return batch.timestampsNs[row] ?? 0n;
}

function cursorHash({ batch, hashes }: MergeCursor, row: number): bigint {
  return hashes[batch.streamRefs[row] ?? 0] ?? 0n;
}

export type RowComparison = (left: MergeCursor, leftRow: number, right: MergeCursor, rightRow: number) => number;

/** The order of rows of different blocks: time, hash of the stream, place of the block. */
export function rowComparison({ direction, streamOrder }: RowOrder): RowComparison {
  const sign = direction === "backward" ? -1 : 1;
  const hashSign = streamOrder === "ascending" ? 1 : sign;
  return (left, leftRow, right, rightRow) => {
    const [a, b] = [cursorTime(left, leftRow), cursorTime(right, rightRow)];
    if (a !== b) return a < b ? -sign : sign;
    const [c, d] = [cursorHash(left, leftRow), cursorHash(right, rightRow)];
    if (c !== d) return c < d ? -hashSign : hashSign;
    return sign * (left.order - right.order);
  };
}

/** A heap of cursors, the one with the next row on top. */
export class CursorHeap {
  readonly #items: MergeCursor[] = [];
  readonly #compare: RowComparison;

  constructor(compare: RowComparison) {
    this.#compare = compare;
  }

  get all(): readonly MergeCursor[] {
    return this.#items;
  }

  peek(): MergeCursor | undefined {
    return this.#items[0];
  }

  push(cursor: MergeCursor): void {
    const items = this.#items;
    let at = items.push(cursor) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#isBefore(at, parent)) return;
      this.#swap(at, parent);
      at = parent;
    }
  }

  pop(): MergeCursor | undefined {
    const items = this.#items;
    const [top] = items;
    const last = items.pop();
    if (last === undefined || items.length === 0) return top;
    items[0] = last;
    for (let at = 0; ;) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2])
        if (child < items.length && this.#isBefore(child, least)) least = child;
      if (least === at) return top;
      this.#swap(at, least);
      at = least;
    }
  }

  #isBefore(left: number, right: number): boolean {
    const [a, b] = [this.#items[left], this.#items[right]];
    return a !== undefined && b !== undefined && this.#compare(a, a.at, b, b.at) < 0;
  }

  #swap(left: number, right: number): void {
    const [a, b] = [this.#items[left], this.#items[right]];
    if (a === undefined || b === undefined) return;
    this.#items[left] = b;
    this.#items[right] = a;
  }
}
