import type { LabelSet } from "../../../../src-shared/model/labels.ts";

/** Columns that every file of ours has, and the names of its partitions. */
const RESERVED = [
  "timestamp",
  "line",
  "line_raw",
  "labels",
  "metadata",
  "parsed",
  "stream_id",
  "tenant",
  "day",
] as const;

const MOST_COLUMNS = 24;
/** What any reader of Parquet can name without quotes. Other labels are in the map alone, and so is `__proto__`. */
const PLAIN_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/;

/**
 * Labels that get columns of their own (label → column): the most common of these streams, at most 24. A label whose name
 * is taken, in any case of letters since SQL does not tell them apart, gets `label_` before its name.
 */
export function chooseLabelColumns(streams: readonly LabelSet[]): LabelSet {
  const counts = new Map<string, number>();
  for (const stream of streams) {
    for (const label of Object.keys(stream)) counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  const common = [...counts.entries()]
    .filter(([label]) => PLAIN_NAME.test(label) && label !== "__proto__")
    .sort(([labelA, countA], [labelB, countB]) => countB - countA || (labelA < labelB ? -1 : 1))
    .slice(0, MOST_COLUMNS)
    .map(([label]) => label)
    .sort();
  const taken = new Set<string>(RESERVED);
  const columns: Record<string, string> = {};
  for (const label of common) {
    let column = label;
    while (taken.has(column.toLowerCase())) column = `label_${column}`;
    taken.add(column.toLowerCase());
    columns[label] = column;
  }
  return columns;
}
