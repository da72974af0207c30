import { shown } from "./label-profile.ts";
import type { SeriesTable } from "./series-table.ts";

/** Which labels series have together, the most frequent first. */
export interface LabelCombination {
  readonly labels: readonly string[];
  readonly series: number;
}

/** Combinations that are told apart; series with others are left out of what is shown, as they would be rare. */
const MOST_COMBINATIONS = 100_000;

/** The combinations of label names with their series, at most `limit`. */
export function labelCombinations(table: SeriesTable, limit: number): readonly LabelCombination[] {
  const { cells, starts, valueEnds } = table.columns;
  const labelOf = new Uint32Array(valueEnds.length);
  for (const [at, { firstPair, values }] of table.labels.entries()) labelOf.fill(at, firstPair, firstPair + values);
  const counts = new Map<string, number>();
  let lastKey = "";
  let last: number[] | null = null;
  for (let number = 0; number < table.size; number += 1) {
    const [from, to] = [starts[number] ?? 0, starts[number + 1] ?? 0];
    // Neighbours mostly have the same labels: their key need not be written anew.
    const known: number[] | null = last;
    let same = known !== null && known.length === to - from;
    for (let at = from; same && at < to; at += 1) same = known?.[at - from] === labelOf[cells[at] ?? 0];
    if (!same) {
      last = Array.from(cells.subarray(from, to), (pair) => labelOf[pair] ?? 0);
      lastKey = last.join(",");
    }
    const count = counts.get(lastKey);
    if (count !== undefined || counts.size < MOST_COMBINATIONS) counts.set(lastKey, (count ?? 0) + 1);
  }
  return [...counts]
    .toSorted((a, b) => b[1] - a[1])
    .slice(0, limit)
    .map(([key, series]) => ({
      labels: key === "" ? [] : key.split(",").map((label) => shown(table.labels[Number(label)]?.name ?? "")),
      series,
    }));
}
