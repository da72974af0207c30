import type { Clock } from "../../../common/clock.ts";
import { endIfCancelled } from "../../store-retries.ts";

/** Holds all lanes of a restore to so many bytes a second together; `null` holds nothing back. */
export class BytePace {
  readonly #bytesPerSecond: number | null;
  readonly #clock: Clock;
  #freeAtMs = 0;

  constructor(bytesPerSecond: number | null, clock: Clock) {
    this.#bytesPerSecond = bytesPerSecond;
    this.#clock = clock;
  }

  /** Resolves when an object of that size may begin. */
  async take(sizeBytes: number, signal: AbortSignal): Promise<void> {
    if (this.#bytesPerSecond === null) return;
    const nowMs = this.#clock.nowMs();
    const beginMs = Math.max(nowMs, this.#freeAtMs);
    this.#freeAtMs = beginMs + (sizeBytes / this.#bytesPerSecond) * 1_000;
    if (beginMs > nowMs) await this.#clock.sleep(beginMs - nowMs, signal).catch(() => endIfCancelled(signal));
  }
}

/** The least of those that are set. */
export function slowest(rates: readonly (number | null)[]): number | null {
  const set = rates.filter((rate) => rate !== null);
  return set.length === 0 ? null : Math.min(...set);
}
