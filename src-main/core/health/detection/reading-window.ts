import type { Reading, Timing } from "./reading.ts";

/** Seconds of the past that a rate or a mean is taken over. Long enough for some puts, short against the minute to name a fault. */
export const WINDOW_MS = 30_000;

/** The increase of a counter; one that fell was reset, and what it shows now is what it grew since. */
export function increase(before: number, after: number): number {
  return after >= before ? after - before : after;
}

export interface WindowRates {
  readonly seconds: number;
  readonly putMeanSeconds: number | null;
  readonly puts: number;
  readonly putFailures: number;
  readonly pushMeanSeconds: number | null;
  /** A second; `null` where the target exports no pushes. */
  readonly pushRate: number | null;
  readonly pushesInFlight: number | null;
  readonly flushQueue: number | null;
  /** Growth of the queue over the window. */
  readonly flushQueueGrowth: number;
  readonly flushFailures: number;
  readonly scrapeSeconds: number;
}

function timed(before: Timing | null, after: Timing | null): Timing {
  if (after === null) return { seconds: 0, count: 0 };
  if (before === null || after.count < before.count) return after;
  return { seconds: Math.max(0, after.seconds - before.seconds), count: after.count - before.count };
}

/** What a target did between the first and the last of its readings; `null` with fewer than two of one process. */
export function windowRates(readings: readonly Reading[]): WindowRates | null {
  const last = readings.at(-1);
  if (last === undefined) return null;
  // Readings of an earlier process say nothing of this one.
  const own = readings.filter(({ startedAtSeconds }) => startedAtSeconds === last.startedAtSeconds);
  const first = own[0];
  if (first === undefined || first === last) return null;
  const seconds = (last.atMs - first.atMs) / 1_000;
  const puts = timed(first.puts, last.puts);
  const pushes = timed(first.pushes, last.pushes);
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  return {
    seconds,
    puts: puts.count,
    putMeanSeconds: puts.count === 0 ? null : puts.seconds / puts.count,
    putFailures: increase(first.putFailures, last.putFailures),
    pushMeanSeconds: pushes.count === 0 ? null : pushes.seconds / pushes.count,
    pushRate: last.pushes === null ? null : pushes.count / seconds,
    pushesInFlight:
      last.pushesInFlight === null ? null : mean(own.slice(1).map(({ pushesInFlight }) => pushesInFlight ?? 0)),
    flushQueue: last.flushQueue,
    flushQueueGrowth: (last.flushQueue ?? 0) - (first.flushQueue ?? 0),
    flushFailures: increase(first.flushFailures, last.flushFailures),
    scrapeSeconds: mean(own.slice(1).map(({ tookSeconds }) => tookSeconds)),
  };
}
