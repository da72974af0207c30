import type { Clock } from "../../core/common/clock.ts";

/** A rate limiter as Go's `x/time/rate`: refills by the second, never beyond its burst. */
export class TokenBucket {
  private readonly clock: Clock;
  private tokens: number | null = null;
  private lastMs = 0;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** Takes `amount` if it is there. The rate may differ from call to call, as limits change while Loki runs. */
  take(amount: number, perSecond: number, burst: number): boolean {
    const nowMs = this.clock.nowMs();
    const before = this.tokens ?? burst;
    const refilled = before + ((nowMs - this.lastMs) / 1_000) * perSecond;
    this.tokens = Math.min(burst, this.tokens === null ? burst : refilled);
    this.lastMs = nowMs;
    if (amount > this.tokens) return false;
    this.tokens -= amount;
    return true;
  }
}
