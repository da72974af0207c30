import type { Clock } from "../common/clock.ts";

/** So much of a second's allowance may be saved up. */
const BURST_SECONDS = 0.5;

/**
 * A token bucket: lines a second, shared by all parts that are being read. A batch is taken whole and paid for afterwards,
 * so that the average holds whatever the batches' sizes are.
 */
export class RateBucket {
  readonly #linesPerSecond: number | null;
  readonly #clock: Clock;
  #saved: number;
  #atMs: number;

  /** `null` for no bound. */
  constructor(linesPerSecond: number | null, clock: Clock) {
    this.#linesPerSecond = linesPerSecond;
    this.#clock = clock;
    this.#saved = 0;
    this.#atMs = clock.nowMs();
  }

  /** Resolves when so many lines may go on; rejects with the signal's reason. */
  async take(lines: number, signal: AbortSignal): Promise<void> {
    const perSecond = this.#linesPerSecond;
    if (perSecond === null) return;
    const nowMs = this.#clock.nowMs();
    const earned = (Math.max(0, nowMs - this.#atMs) / 1_000) * perSecond;
    this.#atMs = nowMs;
    this.#saved = Math.min(this.#saved + earned, perSecond * BURST_SECONDS) - lines;
    if (this.#saved < 0) await this.#clock.sleep((-this.#saved / perSecond) * 1_000, signal);
  }
}
