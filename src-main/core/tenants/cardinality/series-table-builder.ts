import { DistinctCounter } from "./distinct-counter.ts";
import { withRoom } from "./growing-words.ts";
import { PairDictionary } from "./pair-dictionary.ts";
import { SeriesScanner } from "./series-scanner.ts";
import { SeriesTable } from "./series-table.ts";

/** What a table may hold; past any of it, half of the series go. */
export interface TableBounds {
  readonly series: number;
  readonly cells: number;
  readonly valueBytes: number;
}

/** A million series of twelve labels, and their values, fit with room to spare. */
export const TABLE_BOUNDS: TableBounds = { series: 1_048_000, cells: 24_000_000, valueBytes: 144 * 2 ** 20 };

const WORDS = 2 ** 32;

/**
 * Takes the series of a tenant from answers, each once however many answers name it. Whether a series is kept is told by its
 * hash alone, so what is kept is a fair sample whatever order they come in: `share` of all.
 */
export class SeriesTableBuilder {
  readonly #bounds: TableBounds;
  readonly #seed: number;
  #pairs: PairDictionary;
  #seen: DistinctCounter;
  #cells: Uint32Array<ArrayBuffer>;
  #starts = new Uint32Array(8_192);
  #size = 0;
  /** Series whose hash is below it are kept. */
  #below = WORDS;
  /** By place in a series: the label that was there last. */
  readonly #guesses: number[] = [];
  /** By label: the series that had it last. */
  readonly #lastWith: number[] = [];
  /** By label: series that were kept with it. */
  readonly #keptWith: number[] = [];
  #turn = 0;
  /** Of the series at hand, four words a label: its number, where its value is, and the pair's hash. */
  #scratch = new Uint32Array(64);

  constructor(seed: number, bounds: TableBounds = TABLE_BOUNDS) {
    this.#bounds = bounds;
    this.#seed = seed;
    this.#pairs = new PairDictionary(seed, bounds.valueBytes);
    // As large as it may become: growing would hold it twice, and what is not written to takes no memory.
    this.#cells = new Uint32Array(bounds.cells);
    this.#seen = new DistinctCounter(Math.min(bounds.series, 65_536));
  }

  get size(): number {
    return this.#size;
  }

  /** Share of the series that are kept, 0…1. */
  get share(): number {
    return this.#below / WORDS;
  }

  get labelCount(): number {
    return this.#pairs.names.length;
  }

  /** The label that the most series have; `null` without any. */
  mostWith(): string | null {
    let most = -1;
    for (const [label, count] of this.#keptWith.entries()) {
      if ((count ?? 0) > (this.#keptWith[most] ?? 0)) most = label;
    }
    return this.#pairs.names[most] ?? null;
  }

  /**
   * Takes all series of one answer; says how many it had.
   * @throws AppError `loki.bad-response`; what stood before the fault has been taken
   */
  addAnswer(answer: Uint8Array): number {
    const scanner = new SeriesScanner(answer);
    let count = 0;
    for (let labels = scanner.next(); labels !== null; labels = scanner.next()) {
      count += 1;
      this.#take(scanner, labels);
      if (this.#isOver()) this.#thin();
    }
    return count;
  }

  /** The table; the builder is empty then. */
  build(): SeriesTable {
    const [pairs, cells, starts] = [this.#pairs, this.#cells, this.#starts];
    const [size, share] = [this.#size, this.share];
    this.#pairs = new PairDictionary(this.#seed, 0);
    this.#seen = new DistinctCounter(16);
    this.#cells = new Uint32Array(64);
    this.#starts = new Uint32Array(1_024);
    this.#size = 0;
    return SeriesTable.of(pairs, cells, starts, size, share);
  }

  /** Bytes of values are written only for series that are kept: what a sample leaves out costs no memory. */
  #take(scanner: SeriesScanner, labels: number): void {
    this.#turn += 1;
    let high = 0;
    let low = 0;
    let used = 0;
    const pairs = this.#pairs;
    this.#scratch = withRoom(this.#scratch, 4 * labels);
    const scratch = this.#scratch;
    for (let at = 0; at < labels; at += 1) {
      const name = 2 * at;
      const value = name + 1;
      const nameStart = scanner.starts[name] ?? 0;
      const nameEnd = scanner.ends[name] ?? 0;
      const label = pairs.label(scanner.source(name), nameStart, nameEnd, this.#guesses[at] ?? 0);
      this.#guesses[at] = label;
      // A label that stands there twice counts once.
      if (this.#lastWith[label] === this.#turn) continue;
      this.#lastWith[label] = this.#turn;
      pairs.hash(label, scanner.source(value), scanner.starts[value] ?? 0, scanner.ends[value] ?? 0);
      scratch[used] = label;
      scratch[used + 1] = value;
      scratch[used + 2] = pairs.high;
      scratch[used + 3] = pairs.low;
      used += 4;
      // The order of labels says nothing, so their hashes are added up.
      high = (high + pairs.high) | 0;
      low = (low + pairs.low) | 0;
    }
    if (high >>> 0 >= this.#below || !this.#seen.add(high, low)) return;
    this.#cells = withRoom(this.#cells, (this.#starts[this.#size] ?? 0) + used / 4);
    this.#starts = withRoom(this.#starts, this.#size + 2);
    let cell = this.#starts[this.#size] ?? 0;
    for (let at = 0; at < used; at += 4) {
      const label = scratch[at] ?? 0;
      const value = scratch[at + 1] ?? 0;
      this.#keptWith[label] = (this.#keptWith[label] ?? 0) + 1;
      const start = scanner.starts[value] ?? 0;
      const end = scanner.ends[value] ?? 0;
      const source = scanner.source(value);
      this.#cells[cell] = pairs.pair(label, source, start, end, scratch[at + 2] ?? 0, scratch[at + 3] ?? 0);
      cell += 1;
    }
    this.#size += 1;
    this.#starts[this.#size] = cell;
  }

  #isOver(): boolean {
    const { series, cells, valueBytes } = this.#bounds;
    return this.#size > series || (this.#starts[this.#size] ?? 0) > cells || this.#pairs.byteCount > valueBytes;
  }

  /** Halves what is kept until it fits. */
  #thin(): void {
    while (this.#isOver() && this.#below > 1) {
      this.#below = Math.floor(this.#below / 2);
      const [pairs, starts, cells] = [this.#pairs, this.#starts, this.#cells];
      const kept = new PairDictionary(this.#seed, this.#bounds.valueBytes);
      // Labels keep their numbers: answers are being read by them.
      kept.adoptNames(pairs);
      this.#seen = new DistinctCounter(this.#size);
      let size = 0;
      let cell = 0;
      for (let number = 0; number < this.#size; number += 1) {
        const [from, to] = [starts[number] ?? 0, starts[number + 1] ?? 0];
        let high = 0;
        let low = 0;
        for (let at = from; at < to; at += 1) {
          high = (high + pairs.highOf(cells[at] ?? 0)) | 0;
          low = (low + pairs.lowOf(cells[at] ?? 0)) | 0;
        }
        if (high >>> 0 >= this.#below) continue;
        this.#seen.add(high, low);
        for (let at = from; at < to; at += 1) {
          cells[cell] = kept.adopt(pairs, cells[at] ?? 0);
          cell += 1;
        }
        size += 1;
        starts[size] = cell;
      }
      this.#size = size;
      this.#pairs = kept;
    }
  }
}
