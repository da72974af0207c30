import { RATES, type UseFigure, type UseRound } from "./use-series.ts";

/** One point a minute, for six hours. */
export const POINT_MS = 60_000;
const MOST_POINTS = 360;
/** Five for each of the tenants that a board lists, twice. */
const MOST_SERIES = 20_000;
/** The present is the mean over so long: one push of a second's lines is no rate. */
const PRESENT_MS = 60_000;

export interface UsePoint {
  readonly atMs: number;
  readonly value: number;
}

/**
 * What tenants used in the last hours, one column of points for each series over one axis of times. The present is kept apart
 * and exactly; points are single precision.
 */
export class UseHistory {
  readonly #times = new Float64Array(MOST_POINTS).fill(Number.NaN);
  readonly #columns = new Map<string, Float32Array>();
  /** Where the next point goes; points before it are older. */
  #next = 0;
  #recent: UseRound[] = [];
  /** Sums since the last point. */
  #pending = new Map<string, { sum: number; count: number; last: number }>();
  #pendingFromMs: number | null = null;
  /** Series that were not taken because there are too many. */
  droppedSeries = 0;

  /** Takes a round; answers with the point of the minute that it completes, else `null`. */
  take(round: UseRound): UseRound | null {
    const last = this.#recent.at(-1);
    if (last !== undefined && round.atMs <= last.atMs) this.#recent = [];
    this.#recent = [...this.#recent.filter(({ atMs }) => atMs > round.atMs - PRESENT_MS), round];
    this.#pendingFromMs ??= round.atMs;
    for (const [name, value] of round.values) {
      const pending = this.#pending.get(name);
      if (pending === undefined) this.#pending.set(name, { sum: value, count: 1, last: value });
      else {
        pending.sum += value;
        pending.count += 1;
        pending.last = value;
      }
    }
    if (round.atMs - this.#pendingFromMs < POINT_MS) return null;
    const values = new Map<string, number>();
    for (const [name, { sum, count, last: newest }] of this.#pending)
      values.set(name, isRate(name) ? sum / count : newest);
    this.#pending = new Map();
    this.#pendingFromMs = round.atMs;
    const point = { atMs: round.atMs, values };
    this.restore(point);
    return point;
  }

  /** A point as it was kept. Points come in the order of time; one that does not is left out. */
  restore({ atMs, values }: UseRound): void {
    const before = this.#times[(this.#next + MOST_POINTS - 1) % MOST_POINTS] ?? Number.NaN;
    if (before >= atMs) return;
    this.#times[this.#next] = atMs;
    for (const column of this.#columns.values()) column[this.#next] = Number.NaN;
    for (const [name, value] of values) {
      const column = this.#column(name);
      if (column !== null) column[this.#next] = value;
    }
    this.#next = (this.#next + 1) % MOST_POINTS;
    if (this.#next === 0) this.#dropEmpty();
  }

  get lastPointMs(): number | null {
    const at = this.#times[(this.#next + MOST_POINTS - 1) % MOST_POINTS] ?? Number.NaN;
    return Number.isNaN(at) ? null : at;
  }

  /** What is used now, by name; of rates the mean over the last minute. */
  present(): ReadonlyMap<string, number> {
    const newest = this.#recent.at(-1);
    if (newest === undefined) return new Map();
    const present = new Map<string, number>();
    for (const [name, value] of newest.values) present.set(name, isRate(name) ? this.#mean(name) : value);
    return present;
  }

  /** Points of a series from `fromMs` on, oldest first, at most `most`: of longer ones the last of each part. */
  points(name: string, fromMs: number, most: number): UsePoint[] {
    const column = this.#columns.get(name);
    if (column === undefined) return [];
    const slots: number[] = [];
    for (let step = 0; step < MOST_POINTS; step++) {
      const at = (this.#next + step) % MOST_POINTS;
      if ((this.#times[at] ?? Number.NaN) >= fromMs && !Number.isNaN(column[at] ?? Number.NaN)) slots.push(at);
    }
    const count = Math.min(most, slots.length);
    return Array.from({ length: count }, (_, part) => {
      const at = slots[Math.ceil(((part + 1) * slots.length) / count) - 1] ?? 0;
      return { atMs: this.#times[at] ?? 0, value: column[at] ?? 0 };
    });
  }

  #mean(name: string): number {
    const values = this.#recent.flatMap(({ values: told }) => told.get(name) ?? []);
    return values.reduce((sum, value) => sum + value, 0) / values.length;
  }

  #column(name: string): Float32Array | null {
    const known = this.#columns.get(name);
    if (known !== undefined) return known;
    if (this.#columns.size >= MOST_SERIES) {
      this.droppedSeries += 1;
      return null;
    }
    const column = new Float32Array(MOST_POINTS).fill(Number.NaN);
    this.#columns.set(name, column);
    return column;
  }

  /** Tenants go, and reasons of discards; once round, what has no point left is forgotten. */
  #dropEmpty(): void {
    for (const [name, column] of this.#columns) if (column.every(Number.isNaN)) this.#columns.delete(name);
  }
}

function isRate(name: string): boolean {
  // What stands before the first zero character is one of the figures.
  return RATES.has(name.slice(0, name.indexOf("\u0000")) as UseFigure);
}
