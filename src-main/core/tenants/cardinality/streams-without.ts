import { DistinctCounter } from "./distinct-counter.ts";
import type { SeriesTable } from "./series-table.ts";

/**
 * By label, how many of the table's series would be left without it. One pass for each label over the series that have it: what
 * loses the label falls together with another that loses it too, or with one that never had it.
 */
export function streamsWithout(table: SeriesTable): readonly number[] {
  const { cells, starts } = table.columns;
  const [high, low] = [new Uint32Array(table.size), new Uint32Array(table.size)];
  const all = new DistinctCounter(table.size);
  for (let number = 0; number < table.size; number += 1) {
    let [highSum, lowSum] = [0, 0];
    for (let at = starts[number] ?? 0; at < (starts[number + 1] ?? 0); at += 1) {
      highSum = (highSum + table.high(cells[at] ?? 0)) | 0;
      lowSum = (lowSum + table.low(cells[at] ?? 0)) | 0;
    }
    high[number] = highSum;
    low[number] = lowSum;
    all.add(highSum, lowSum);
  }
  const { series: having, from } = seriesByLabel(table);
  return table.labels.map(({ series, firstPair, values }, label) => {
    const changed = new DistinctCounter(Math.min(series, 2 ** 16));
    let left = table.size - series;
    for (let at = from[label] ?? 0; at < (from[label + 1] ?? 0); at += 1) {
      const number = having[at] ?? 0;
      let cell = starts[number] ?? 0;
      while ((cells[cell] ?? 0) < firstPair) cell += 1;
      const pair = Math.min(cells[cell] ?? 0, firstPair + values - 1);
      const highLeft = ((high[number] ?? 0) - table.high(pair)) | 0;
      const lowLeft = ((low[number] ?? 0) - table.low(pair)) | 0;
      if (changed.add(highLeft, lowLeft) && !all.has(highLeft, lowLeft)) left += 1;
    }
    return left;
  });
}

/** The numbers of the series that have each label, from `from[label]` to `from[label + 1]`. */
function seriesByLabel(table: SeriesTable): { readonly series: Uint32Array; readonly from: Uint32Array } {
  const { cells, starts, valueEnds } = table.columns;
  const labelOf = new Uint32Array(valueEnds.length);
  const from = new Uint32Array(table.labels.length + 1);
  for (const [at, { firstPair, values, series }] of table.labels.entries()) {
    labelOf.fill(at, firstPair, firstPair + values);
    from[at + 1] = (from[at] ?? 0) + series;
  }
  const next = from.slice();
  const series = new Uint32Array(cells.length);
  for (let number = 0; number < table.size; number += 1) {
    for (let at = starts[number] ?? 0; at < (starts[number + 1] ?? 0); at += 1) {
      const label = labelOf[cells[at] ?? 0] ?? 0;
      const to = next[label] ?? 0;
      series[to] = number;
      next[label] = to + 1;
    }
  }
  return { series, from };
}
