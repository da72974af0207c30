import type { RowGeometry } from "./scroll-position.ts";

/** Heights kept; more than any screen shows, few enough to be nothing. */
const MAX_KNOWN = 4_000;

/**
 * Heights of wrapped rows: measured once a row was drawn, guessed before. A wrong guess never moves what is on the screen,
 * because the list hangs on its first visible row; it only makes the scroll bar's thumb a little wrong.
 */
export class MeasuredGeometry implements RowGeometry {
  readonly fixedPx = null;
  readonly #known = new Map<number, number>();
  readonly #guess: (row: number) => number;
  #sumPx = 0;
  #averagePx: number;

  constructor(guess: (row: number) => number, minimumPx: number) {
    this.#guess = guess;
    this.#averagePx = minimumPx;
  }

  heightOf(row: number): number {
    return this.#known.get(row) ?? this.#guess(row);
  }

  /** Remembers a height; says whether it was news. */
  measured(row: number, heightPx: number): boolean {
    const before = this.#known.get(row);
    if (before === heightPx) return false;
    if (before !== undefined) this.#forget(row, before);
    this.#known.set(row, heightPx);
    this.#sumPx += heightPx;
    if (this.#known.size > MAX_KNOWN) {
      const oldest = this.#known.entries().next().value;
      if (oldest !== undefined) this.#forget(...oldest);
    }
    // A thumb that changes its size with every row would tremble: follow the average in coarse steps.
    const average = this.#sumPx / this.#known.size;
    if (Math.abs(average - this.#averagePx) > this.#averagePx / 4) this.#averagePx = average;
    return true;
  }

  /** Pixels a row on average, for the length of the scroll bar. */
  averagePx(): number {
    return this.#averagePx;
  }

  forgetAll(): void {
    this.#known.clear();
    this.#sumPx = 0;
  }

  #forget(row: number, heightPx: number): void {
    this.#known.delete(row);
    this.#sumPx -= heightPx;
  }
}
