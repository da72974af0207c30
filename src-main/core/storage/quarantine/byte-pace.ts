import type { Clock } from "../../common/clock.ts";

/** Holds readers back so that together they read no more than so many bytes a second; `null` for no bound. */
export class BytePace {
  readonly #clock: Clock;
  readonly #bytesPerSecond: number | null;
  #freeAtMs = 0;

  constructor(clock: Clock, bytesPerSecond: number | null) {
    this.#clock = clock;
    this.#bytesPerSecond = bytesPerSecond;
  }

  /** Resolves when these bytes have had their time. */
  async spend(bytes: number, signal: AbortSignal): Promise<void> {
    if (this.#bytesPerSecond === null) return;
    const nowMs = this.#clock.nowMs();
    this.#freeAtMs = Math.max(this.#freeAtMs, nowMs) + (bytes / this.#bytesPerSecond) * 1_000;
    if (this.#freeAtMs > nowMs) await this.#clock.sleep(this.#freeAtMs - nowMs, signal);
  }
}
