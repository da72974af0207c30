import type { ShapeRun } from "../../ledger/ledger.ts";

/** Queries of a shape that somebody's program repeats. */
export interface RefreshPattern {
  /** The interval of the one who repeats it most. */
  readonly everyMs: number;
  /** Of all runs, those that are repeated. */
  readonly share: number;
  readonly runs: number;
}

const FEWEST_RUNS = 6;
/** A dashboard's timer and the time to answer move an interval by so much. */
const TOLERANCE = 0.15;
/** Of the intervals, so many are the usual one. People repeat a query too, but not like that. */
const REGULAR_SHARE = 0.7;
/** Several screens with one dashboard have no common beat; but no person asks the same so often at a stretch. */
const MANY_RUNS = 20;
const OFTEN_MS = 5 * 60_000;
const SHORTEST_MS = 1_000;
const LONGEST_MS = 86_400_000;

/** How a shape is refreshed; `null` where only people ask it. `runs` are in the order of time. */
export function refreshPattern(runs: readonly ShapeRun[]): RefreshPattern | null {
  const groups = Map.groupBy(runs, ({ who }) => who);
  let repeated = 0;
  let most: { readonly everyMs: number; readonly runs: number } | null = null;
  for (const group of groups.values()) {
    const everyMs = usualInterval(group);
    if (everyMs === null) continue;
    repeated += group.length;
    if (most === null || group.length > most.runs) most = { everyMs, runs: group.length };
  }
  return most === null ? null : { everyMs: most.everyMs, share: repeated / runs.length, runs: repeated };
}

function usualInterval(runs: readonly ShapeRun[]): number | null {
  if (runs.length < FEWEST_RUNS) return null;
  const intervals = runs.slice(1).map(({ atMs }, index) => atMs - (runs[index]?.atMs ?? atMs));
  const median = intervals.toSorted((a, b) => a - b)[Math.floor(intervals.length / 2)] ?? 0;
  if (median < SHORTEST_MS || median > LONGEST_MS) return null;
  const usual = intervals.filter((interval) => Math.abs(interval - median) <= median * TOLERANCE);
  if (usual.length >= intervals.length * REGULAR_SHARE) return median;
  const mean = ((runs.at(-1)?.atMs ?? 0) - (runs[0]?.atMs ?? 0)) / intervals.length;
  return runs.length >= MANY_RUNS && mean <= OFTEN_MS ? Math.max(mean, SHORTEST_MS) : null;
}
