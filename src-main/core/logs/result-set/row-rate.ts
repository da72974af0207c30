import type { Clock } from "../../common/clock.ts";

const WINDOW_SECONDS = 5;

/** Rows a second over the last five seconds, or since the beginning when that is less. */
export class RowRate {
  readonly #clock: Clock;
  readonly #startedMs: number;
  /** Rows by second; index is the second modulo the window's length. */
  readonly #rows = new Float64Array(WINDOW_SECONDS + 1);
  #second: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#startedMs = clock.nowMs();
    this.#second = Math.floor(this.#startedMs / 1_000);
  }

  add(rows: number): void {
    this.#advance();
    const at = this.#second % this.#rows.length;
    this.#rows[at] = (this.#rows[at] ?? 0) + rows;
  }

  perSecond(): number {
    this.#advance();
    const nowMs = this.#clock.nowMs();
    const sum = this.#rows.reduce((total, rows) => total + rows, 0);
    // The oldest second counted began this long ago.
    const windowMs = WINDOW_SECONDS * 1_000 + (nowMs % 1_000);
    const elapsedMs = Math.min(windowMs, nowMs - this.#startedMs);
    return elapsedMs <= 0 ? sum : (sum * 1_000) / Math.max(elapsedMs, 1);
  }

  #advance(): void {
    const second = Math.floor(this.#clock.nowMs() / 1_000);
    const steps = Math.min(second - this.#second, this.#rows.length);
    for (let step = 1; step <= steps; step += 1) this.#rows[(second - steps + step) % this.#rows.length] = 0;
    if (steps > 0) this.#second = second;
  }
}
