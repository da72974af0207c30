import type { LabelSet } from "../../../../src-shared/model/labels.ts";

/** A label of a table of series. Values are numbered over all labels; a number stands for one label and one value. */
export interface LabelColumn {
  readonly name: string;
  /** By value, in the order in which they were met: the pair's number. */
  readonly pairs: ReadonlyMap<string, number>;
  /** Series that have it. */
  readonly series: number;
}

/**
 * The label sets of a tenant's series, a million of them in some two hundred megabytes: each label and value is kept once, a
 * series is a row of numbers.
 */
export class SeriesTable {
  readonly #columns: { readonly name: string; readonly pairs: Map<string, number>; series: number }[] = [];
  readonly #byName = new Map<string, number>();
  #pairLabel = new Uint32Array(1_024);
  #pairSeries = new Uint32Array(1_024);
  #pairCount = 0;
  #cells = new Uint32Array(8_192);
  #cellCount = 0;
  #starts = new Uint32Array(1_024);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get labels(): readonly LabelColumn[] {
    return this.#columns;
  }

  /** Numbers of pairs are below it. */
  get pairCount(): number {
    return this.#pairCount;
  }

  add(labels: LabelSet): void {
    this.#starts = withRoom(this.#starts, this.#size + 2);
    for (const name in labels) {
      if (!Object.hasOwn(labels, name)) continue;
      this.#cells = withRoom(this.#cells, this.#cellCount + 1);
      this.#cells[this.#cellCount] = this.#pair(name, labels[name] ?? "");
      this.#cellCount += 1;
    }
    this.#size += 1;
    this.#starts[this.#size] = this.#cellCount;
  }

  /** The pairs of a series by its number, as a view that is good until the next series is added. */
  series(number: number): Uint32Array {
    return this.#cells.subarray(this.#starts[number] ?? 0, this.#starts[number + 1] ?? 0);
  }

  /** Number of the label that a pair is of: its place in `labels`. */
  labelOf(pair: number): number {
    return this.#pairLabel[pair] ?? 0;
  }

  /** Series that have a pair. */
  seriesWith(pair: number): number {
    return this.#pairSeries[pair] ?? 0;
  }

  #pair(name: string, value: string): number {
    let label = this.#byName.get(name);
    if (label === undefined) {
      label = this.#columns.length;
      this.#byName.set(name, label);
      this.#columns.push({ name, pairs: new Map(), series: 0 });
    }
    const column = this.#columns[label];
    if (column === undefined) return 0;
    column.series += 1;
    let pair = column.pairs.get(value);
    if (pair === undefined) {
      pair = this.#pairCount;
      this.#pairCount += 1;
      column.pairs.set(value, pair);
      this.#pairLabel = withRoom(this.#pairLabel, pair + 1);
      this.#pairSeries = withRoom(this.#pairSeries, pair + 1);
      this.#pairLabel[pair] = label;
    }
    this.#pairSeries[pair] = (this.#pairSeries[pair] ?? 0) + 1;
    return pair;
  }
}

function withRoom(numbers: Uint32Array<ArrayBuffer>, length: number): Uint32Array<ArrayBuffer> {
  if (length <= numbers.length) return numbers;
  const grown = new Uint32Array(Math.max(length, numbers.length * 2));
  grown.set(numbers);
  return grown;
}
