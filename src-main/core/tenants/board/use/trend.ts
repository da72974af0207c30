import type { UsePoint } from "./use-history.ts";

/** Of hours of points, so many are compared with each other. */
const MOST_COMPARED = 30;
const FEWEST_POINTS = 8;
const SHORTEST_MS = 8 * 60_000;
/** A trend is taken on to at most this many times what was seen of it. */
const FURTHEST_SPANS = 24;
/** 95 % in two directions. */
const SIGNIFICANT = 1.96;
const HOUR_MS = 3_600_000;

export interface Trend {
  /** Median of all slopes (Theil–Sen): single peaks and pauses do not move it. */
  readonly perHour: number;
  readonly overMs: number;
  /** Whether there is one at all, by Mann–Kendall's test on the same points. */
  readonly significant: boolean;
}

/** The trend of points, oldest first; `null` where they are too few or too close together. */
export function trendOf(points: readonly UsePoint[]): Trend | null {
  const [first] = points;
  const last = points.at(-1);
  if (first === undefined || last === undefined || points.length < FEWEST_POINTS) return null;
  const overMs = last.atMs - first.atMs;
  if (overMs < SHORTEST_MS) return null;
  const compared = thinned(points);
  const slopes = new Float64Array((compared.length * (compared.length - 1)) / 2);
  let count = 0;
  let sign = 0;
  for (let later = 1; later < compared.length; later++) {
    for (let earlier = 0; earlier < later; earlier++) {
      const [one, other] = [compared[earlier], compared[later]];
      if (one === undefined || other === undefined || other.atMs <= one.atMs) continue;
      const change = other.value - one.value;
      slopes[count++] = change / (other.atMs - one.atMs);
      sign += Math.sign(change);
    }
  }
  if (count === 0) return null;
  return {
    perHour: median(slopes.subarray(0, count)) * HOUR_MS,
    overMs,
    significant: isSignificant(sign, compared.length),
  };
}

/**
 * When a use reaches its limit if it goes on so, in milliseconds: 0 where it has; `null` where it does not grow, nothing says that
 * it does, or it is further off than what was seen can tell.
 */
export function reachesIn(used: number, limit: number, trend: Trend | null): number | null {
  if (used >= limit) return 0;
  if (trend === null || !trend.significant || trend.perHour <= 0) return null;
  const inMs = ((limit - used) / trend.perHour) * HOUR_MS;
  return inMs <= trend.overMs * FURTHEST_SPANS ? Math.round(inMs) : null;
}

function thinned(points: readonly UsePoint[]): readonly UsePoint[] {
  if (points.length <= MOST_COMPARED) return points;
  const last = points.length - 1;
  return Array.from({ length: MOST_COMPARED }, (_, at) => points[Math.round((at * last) / (MOST_COMPARED - 1))]).filter(
    (point) => point !== undefined,
  );
}

function isSignificant(sign: number, count: number): boolean {
  const variance = (count * (count - 1) * (2 * count + 5)) / 18;
  const z = sign === 0 ? 0 : (Math.abs(sign) - 1) / Math.sqrt(variance);
  return z > SIGNIFICANT;
}

function median(values: Float64Array): number {
  const sorted = values.toSorted();
  const middle = sorted.length >> 1;
  const high = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? high : ((sorted[middle - 1] ?? 0) + high) / 2;
}
