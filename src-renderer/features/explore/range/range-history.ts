import type { RangeChoice } from "../../../hooks/workspace-store.ts";

/** Ranges that were looked at, and the place among them, as a browser's history. */
export interface RangeHistory {
  readonly entries: readonly RangeChoice[];
  readonly at: number;
}

const MAX_ENTRIES = 50;

export function startRangeHistory(range: RangeChoice): RangeHistory {
  return { entries: [range], at: 0 };
}

/** Notes a range that was chosen; what was ahead of the place is forgotten. The same range again is no step. */
export function visitRange(history: RangeHistory, range: RangeChoice): RangeHistory {
  const current = history.entries[history.at];
  if (current !== undefined && sameRange(current, range)) return history;
  const entries = [...history.entries.slice(0, history.at + 1), range].slice(-MAX_ENTRIES);
  return { entries, at: entries.length - 1 };
}

/** A step back or forward; the same history when there is none. */
export function stepRange(history: RangeHistory, step: -1 | 1): RangeHistory {
  const at = history.at + step;
  return history.entries[at] === undefined ? history : { ...history, at };
}

export function sameRange(a: RangeChoice, b: RangeChoice): boolean {
  if (a.kind === "relative") return b.kind === "relative" && a.lastSeconds === b.lastSeconds;
  return b.kind === "absolute" && a.startNs === b.startNs && a.endNs === b.endNs;
}
