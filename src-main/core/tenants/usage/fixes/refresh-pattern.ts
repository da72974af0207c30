import type { ShapeRun } from "../../ledger/ledger.ts";

/** Queries of a shape that somebody's program repeats. */
export interface RefreshPattern {
  /** The interval of the one who repeats it most. */
  readonly everyMs: number;
  /** Of all runs, those that are repeated at a regular interval. */
  readonly share: number;
  readonly runs: number;
}

const FEWEST_RUNS = 6;
/** A dashboard's timer and the time to answer move an interval by so much. */
const TOLERANCE = 0.15;
/** Of the intervals, so many are the usual one. People repeat a query too, but not like that. */
const REGULAR_SHARE = 0.7;
const SHORTEST_MS = 1_000;
const LONGEST_MS = 86_400_000;

/** How a shape is refreshed; `null` where nobody repeats it regularly. `runs` are in the order of time. */
export function refreshPattern(runs: readonly ShapeRun[]): RefreshPattern | null {
  const groups = Map.groupBy(runs, ({ who }) => who);
  let regular = 0;
  let most: { readonly everyMs: number; readonly runs: number } | null = null;
  for (const group of groups.values()) {
    const everyMs = usualInterval(group);
    if (everyMs === null) continue;
    regular += group.length;
    if (most === null || group.length > most.runs) most = { everyMs, runs: group.length };
  }
  return most === null ? null : { everyMs: most.everyMs, share: regular / runs.length, runs: regular };
}

function usualInterval(runs: readonly ShapeRun[]): number | null {
  if (runs.length < FEWEST_RUNS) return null;
  const intervals = runs.slice(1).map(({ atMs }, index) => atMs - (runs[index]?.atMs ?? atMs));
  const median = intervals.toSorted((a, b) => a - b)[Math.floor(intervals.length / 2)] ?? 0;
  if (median < SHORTEST_MS || median > LONGEST_MS) return null;
  const usual = intervals.filter((interval) => Math.abs(interval - median) <= median * TOLERANCE);
  return usual.length >= intervals.length * REGULAR_SHARE ? median : null;
}
