import { extrapolatedRate, type Samples } from "./window-functions.ts";

/**
 * What Loki 3.7.6 does otherwise than documented in metric queries, for `compat: "loki"`:
 *
 * - rate-counter: nanoseconds are divided by a thousand where they should be by a million, and compared with a window in
 *   milliseconds (`lokiRateCounter`).
 * - matching-500: a matching that is ambiguous is answered with 500, not 400 (`matchingStatus`).
 * - literal-inf: a query whose literals fold to an infinite number or NaN is never answered (`LITERAL_NOT_FINITE`).
 * - scalar-timestamp: the time of a scalar is in milliseconds, where seconds belong (`scalarTime`).
 */
export type Compat = "documented" | "loki";

export const LITERAL_NOT_FINITE = { status: 500, text: "failed to enqueue request" } as const;

export function matchingStatus(compat: Compat): number {
  return compat === "loki" ? 500 : 400;
}

export function scalarTime(ms: number, compat: Compat): number {
  return compat === "loki" ? ms : ms / 1_000;
}

export function lokiRateCounter(samples: Samples, from: number, to: number, rangeMs: number): number {
  if (to - from < 2) return 0;
  const first = samples.times[from] ?? 0;
  const last = samples.times[to - 1] ?? 0;
  return extrapolatedRate(samples, from, to, {
    startToFirst: rangeMs / 1_000,
    lastToEnd: 0,
    sampled: (last - first) / 1_000,
    seconds: rangeMs / 1_000,
  });
}
