import { mixed } from "./distinct-counter.ts";
import type { PairDictionary } from "./pair-dictionary.ts";

/** A label of a table. Its values have the numbers `firstPair … firstPair + values - 1`. */
export interface TableLabel {
  readonly name: string;
  readonly firstPair: number;
  readonly values: number;
  /** Series that have it. */
  readonly series: number;
}

/** What a table is made of, as it lies in a file. */
export interface TableColumns {
  readonly names: readonly string[];
  /** By label, how many values it has. */
  readonly valueCounts: Uint32Array<ArrayBuffer>;
  /** By pair, where its value ends in `values`; pairs stand in the order of their labels. */
  readonly valueEnds: Uint32Array<ArrayBuffer>;
  /** UTF-8. */
  readonly values: Uint8Array<ArrayBuffer>;
  /** One more than there are series: where each begins in `cells`. */
  readonly starts: Uint32Array<ArrayBuffer>;
  /** The pairs of each series, smallest first. */
  readonly cells: Uint32Array<ArrayBuffer>;
  /** Share of the tenant's series that are in it, 0…1. */
  readonly share: number;
}

/**
 * The label sets of a tenant's series: each label and value is kept once, as bytes, and a series is a row of numbers. A
 * million series of twelve labels are some hundred megabytes.
 */
export class SeriesTable {
  readonly columns: TableColumns;
  readonly labels: readonly TableLabel[];
  readonly #pairSeries: Uint32Array;
  readonly #seed: number;

  constructor(columns: TableColumns) {
    this.columns = columns;
    // Nobody can make values that fall together without it.
    this.#seed = Math.floor(Math.random() * 2 ** 32);
    this.#pairSeries = seriesByPair(columns);
    let firstPair = 0;
    this.labels = columns.names.map((name, at) => {
      const values = columns.valueCounts[at] ?? 0;
      let series = 0;
      for (let pair = firstPair; pair < firstPair + values; pair += 1) series += this.#pairSeries[pair] ?? 0;
      const label = { name, firstPair, values, series };
      firstPair += values;
      return label;
    });
  }

  /** Puts what was gathered in the order of labels. `cells` is used up. */
  static of(
    pairs: PairDictionary,
    cells: Uint32Array<ArrayBuffer>,
    starts: Uint32Array<ArrayBuffer>,
    size: number,
    share: number,
  ): SeriesTable {
    const valueCounts = new Uint32Array(pairs.names.length);
    for (let pair = 0; pair < pairs.count; pair += 1) {
      const label = pairs.labelOf(pair);
      valueCounts[label] = (valueCounts[label] ?? 0) + 1;
    }
    const next = new Uint32Array(pairs.names.length);
    for (let label = 1; label < next.length; label += 1)
      next[label] = (next[label - 1] ?? 0) + (valueCounts[label - 1] ?? 0);
    const moved = new Uint32Array(pairs.count);
    const old = new Uint32Array(pairs.count);
    for (let pair = 0; pair < pairs.count; pair += 1) {
      const label = pairs.labelOf(pair);
      const to = next[label] ?? 0;
      next[label] = to + 1;
      moved[pair] = to;
      old[to] = pair;
    }
    const values = new Uint8Array(pairs.byteCount);
    const valueEnds = new Uint32Array(pairs.count);
    let end = 0;
    for (let at = 0; at < old.length; at += 1) {
      const pair = old[at] ?? 0;
      const bytes = pairs.bytes.subarray(pairs.valueStart(pair), pairs.valueEnd(pair));
      values.set(bytes, end);
      end += bytes.length;
      valueEnds[at] = end;
    }
    const kept = cells.subarray(0, starts[size] ?? 0);
    for (let at = 0; at < kept.length; at += 1) kept[at] = moved[kept[at] ?? 0] ?? 0;
    for (let number = 0; number < size; number += 1) sortSome(kept, starts[number] ?? 0, starts[number + 1] ?? 0);
    return new SeriesTable({
      names: pairs.names,
      valueCounts,
      valueEnds,
      values,
      starts: starts.subarray(0, size + 1),
      cells: kept,
      share,
    });
  }

  get size(): number {
    return Math.max(0, this.columns.starts.length - 1);
  }

  /** Share of the tenant's series that are in it, 0…1. */
  get share(): number {
    return this.columns.share;
  }

  /** Series that have a pair. */
  seriesWith(pair: number): number {
    return this.#pairSeries[pair] ?? 0;
  }

  /** The value of a pair; bytes that are no UTF-8 are shown as U+FFFD. */
  value(pair: number): string {
    const { values, valueEnds } = this.columns;
    const start = pair === 0 ? 0 : (valueEnds[pair - 1] ?? 0);
    return Buffer.from(values.buffer, values.byteOffset + start, (valueEnds[pair] ?? start) - start).toString("utf8");
  }

  /** Two words that stand for a pair, or for whatever else has a number; of this table alone. */
  high(what: number): number {
    return mixed((what + 0x9e37_79b9) ^ this.#seed);
  }

  low(what: number): number {
    return mixed((what ^ 0x2545_f491) + this.#seed);
  }
}

function seriesByPair({ cells, valueEnds }: TableColumns): Uint32Array {
  const counts = new Uint32Array(valueEnds.length);
  for (let at = 0; at < cells.length; at += 1) {
    const pair = cells[at] ?? 0;
    counts[pair] = (counts[pair] ?? 0) + 1;
  }
  return counts;
}

/** Rows are short: sorting by insertion beats all else. */
function sortSome(words: Uint32Array, from: number, to: number): void {
  for (let at = from + 1; at < to; at += 1) {
    const word = words[at] ?? 0;
    let into = at;
    while (into > from && (words[into - 1] ?? 0) > word) {
      words[into] = words[into - 1] ?? 0;
      into -= 1;
    }
    words[into] = word;
  }
}
