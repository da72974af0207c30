/** Free bytes of a cluster at an instant. */
export interface FreeSpacePoint {
  readonly atMs: number;
  readonly freeBytes: number;
}

export interface TimeToFull {
  /** When the line of free bytes meets zero; `null` where it does not fall. */
  readonly fullAtMs: number | null;
  /** Bytes that become fewer in a day; negative where room is gained. */
  readonly lostBytesPerDay: number;
}

const DAY_MS = 86_400_000;
const MOST_POINTS = 400;
/** A shorter past says nothing of the days to come: Loki's compactor and its retention work by the hour and the day. */
const LEAST_POINTS = 6;
const LEAST_SPAN_MS = 6 * 3_600_000;

/**
 * When a cluster will be full if it goes on as it did: the Theil–Sen line (median of the slopes of all pairs of points,
 * H. Theil 1950, P. K. Sen 1968), which almost a third of the points, such as a night's deletions or a failed drive, cannot
 * turn. `null` where the past is too short to say. Of long series every n-th point is taken.
 */
export function timeToFull(points: readonly FreeSpacePoint[]): TimeToFull | null {
  const sorted = points
    .filter(({ atMs, freeBytes }) => Number.isFinite(atMs) && Number.isFinite(freeBytes) && freeBytes >= 0)
    .toSorted((a, b) => a.atMs - b.atMs);
  const thinned = thin(sorted);
  const first = thinned.at(0);
  const last = thinned.at(-1);
  if (first === undefined || last === undefined) return null;
  if (thinned.length < LEAST_POINTS || last.atMs - first.atMs < LEAST_SPAN_MS) return null;

  const slopes: number[] = [];
  for (const [at, a] of thinned.entries()) {
    for (const b of thinned.slice(at + 1)) {
      if (b.atMs > a.atMs) slopes.push((b.freeBytes - a.freeBytes) / (b.atMs - a.atMs));
    }
  }
  const slope = median(slopes);
  const lostBytesPerDay = slope === 0 ? 0 : -slope * DAY_MS;
  if (slope >= 0) return { fullAtMs: null, lostBytesPerDay };
  const nowBytes = median(thinned.map(({ atMs, freeBytes }) => freeBytes - slope * (atMs - last.atMs)));
  return { fullAtMs: last.atMs + Math.max(0, nowBytes) / -slope, lostBytesPerDay };
}

/** With the last point, since the forecast starts there. */
function thin(points: readonly FreeSpacePoint[]): readonly FreeSpacePoint[] {
  const step = Math.ceil(points.length / MOST_POINTS);
  return points.filter((_, at) => (points.length - 1 - at) % step === 0);
}

function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}
