import type { Clock } from "../../common/clock.ts";
import type { RoundReport } from "./scraper.ts";

export interface RepeatedRounds {
  readonly round: (signal: AbortSignal) => Promise<RoundReport>;
  readonly clock: Clock;
  /** From the beginning of one round to that of the next; asked anew before each wait. */
  readonly intervalMs: () => number;
}

/**
 * Round after round until the signal, one at a time: one begins an interval after the one before, or at once when that
 * took longer or whoever reads was slow. What was missed is not caught up on.
 */
export async function* repeatedRounds(
  { round, clock, intervalMs }: RepeatedRounds,
  signal: AbortSignal,
): AsyncGenerator<RoundReport, void, void> {
  while (!signal.aborted) {
    const beganMs = clock.nowMs();
    let report: RoundReport;
    try {
      report = await round(signal);
    } catch (error) {
      if (signal.aborted) return;
      throw error;
    }
    yield report;
    const interval = intervalMs();
    const waitMs = beganMs + interval - clock.nowMs();
    // A clock that was set back must not stop the rounds for hours.
    if (waitMs > 0) await clock.sleep(Math.min(waitMs, interval), signal).catch(() => undefined);
  }
}
