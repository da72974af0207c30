import { DistinctCounter } from "./distinct-counter.ts";
import type { SeriesTable } from "./series-table.ts";

/** Words of a series that are no label's number. */
const NO_OWN_VALUE = 0xffff_ffff;
const SEVERAL_OWN_VALUES = 0xffff_fffe;

interface Rows {
  readonly high: Uint32Array;
  readonly low: Uint32Array;
  /** The label whose value no other series has; where there is such a value of another label, nothing falls together. */
  readonly own: Uint32Array;
  /** Of labels that some series have not: the numbers of those that have it, from `from[label]` to `from[label + 1]`. */
  readonly having: Uint32Array;
  readonly from: Uint32Array;
}

/**
 * By label, how many of the table's series would be left without it. One pass for each label over the series that have it: what
 * loses the label falls together with another that loses it too, or with one that never had it. What has a value of its own
 * in another label stays alone; in an explosion that is nearly everything, and costs no looking up.
 */
export function streamsWithout(table: SeriesTable): readonly number[] {
  const rows = rowsOf(table);
  const all = new DistinctCounter(table.size);
  if (table.labels.some(({ series }) => series < table.size)) {
    for (let number = 0; number < table.size; number += 1) all.add(rows.high[number] ?? 0, rows.low[number] ?? 0);
  }
  return table.labels.map((_, label) => withoutLabel(table, label, rows, all));
}

function withoutLabel(table: SeriesTable, label: number, rows: Rows, all: DistinctCounter): number {
  const { cells, starts } = table.columns;
  const { high, low, own, having } = rows;
  const { series, firstPair } = table.labels[label] ?? { series: 0, firstPair: 0 };
  const changed = new DistinctCounter(1_024);
  // Where all have it, nobody is there who never had it.
  const others = series < table.size;
  const first = rows.from[label] ?? 0;
  let left = table.size - series;
  for (let at = 0; at < series; at += 1) {
    const number = others ? (having[first + at] ?? 0) : at;
    const ownLabel = own[number] ?? NO_OWN_VALUE;
    if (ownLabel !== NO_OWN_VALUE && ownLabel !== label) {
      left += 1;
      continue;
    }
    let cell = starts[number] ?? 0;
    while ((cells[cell] ?? 0) < firstPair) cell += 1;
    const pair = cells[cell] ?? 0;
    const highLeft = ((high[number] ?? 0) - table.high(pair)) | 0;
    const lowLeft = ((low[number] ?? 0) - table.low(pair)) | 0;
    if (changed.add(highLeft, lowLeft) && !(others && all.has(highLeft, lowLeft))) left += 1;
  }
  return left;
}

function rowsOf(table: SeriesTable): Rows {
  const { cells, starts, valueEnds } = table.columns;
  const { size, labels } = table;
  const labelOf = new Uint32Array(valueEnds.length);
  const from = new Uint32Array(labels.length + 1);
  for (const [at, { firstPair, values, series }] of labels.entries()) {
    labelOf.fill(at, firstPair, firstPair + values);
    from[at + 1] = (from[at] ?? 0) + (series < size ? series : 0);
  }
  const next = from.slice();
  const having = new Uint32Array(from.at(-1) ?? 0);
  const high = new Uint32Array(size);
  const low = new Uint32Array(size);
  const own = new Uint32Array(size).fill(NO_OWN_VALUE);
  for (let number = 0; number < size; number += 1) {
    const end = starts[number + 1] ?? 0;
    let highSum = 0;
    let lowSum = 0;
    for (let at = starts[number] ?? 0; at < end; at += 1) {
      const pair = cells[at] ?? 0;
      const label = labelOf[pair] ?? 0;
      const to = next[label] ?? 0;
      if (to < (from[label + 1] ?? 0)) {
        having[to] = number;
        next[label] = to + 1;
      }
      highSum = (highSum + table.high(pair)) | 0;
      lowSum = (lowSum + table.low(pair)) | 0;
      if (table.seriesWith(pair) === 1) own[number] = own[number] === NO_OWN_VALUE ? label : SEVERAL_OWN_VALUES;
    }
    high[number] = highSum;
    low[number] = lowSum;
  }
  return { high, low, own, having, from };
}
