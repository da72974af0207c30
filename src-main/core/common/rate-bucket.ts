import type { Clock } from "./clock.ts";

/** So much of a second's allowance may be saved up. */
const BURST_SECONDS = 0.5;

/**
 * A token bucket: so many units (lines, bytes) a second, shared by all that take of it. A batch is taken whole and paid for
 * afterwards, so that the average holds whatever the batches' sizes are.
 */
export class RateBucket {
  readonly #unitsPerSecond: number | null;
  readonly #clock: Clock;
  #saved: number;
  #atMs: number;

  /** `null` for no bound. */
  constructor(unitsPerSecond: number | null, clock: Clock) {
    this.#unitsPerSecond = unitsPerSecond;
    this.#clock = clock;
    this.#saved = 0;
    this.#atMs = clock.nowMs();
  }

  /** Resolves when so many units may go on; rejects with the signal's reason. */
  async take(units: number, signal: AbortSignal): Promise<void> {
    const perSecond = this.#unitsPerSecond;
    if (perSecond === null) return;
    const nowMs = this.#clock.nowMs();
    const earned = (Math.max(0, nowMs - this.#atMs) / 1_000) * perSecond;
    this.#atMs = nowMs;
    this.#saved = Math.min(this.#saved + earned, perSecond * BURST_SECONDS) - units;
    if (this.#saved < 0) await this.#clock.sleep((-this.#saved / perSecond) * 1_000, signal);
  }
}
