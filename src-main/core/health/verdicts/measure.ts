import { growthOf, type Selector, type SeriesBook } from "./series-book.ts";
import type { Labels } from "./tracked-keys.ts";

/**
 * How series become a figure. Windows are milliseconds back from the round.
 *
 * - `growth`: of counters, in all. `rate`: a second. `mean`: seconds of each, of histograms named without `_sum` and `_count`.
 * - `share`: growth of `part` in growth of `whole`.
 * - `level`: of gauges, summed, or their greatest or least.
 * - `age`: seconds since the time that a gauge holds, by the console's clock where it was seen to change.
 */
export type Measure =
  | { readonly of: "growth" | "rate"; readonly series: Selector; readonly windowMs: number }
  | { readonly of: "mean"; readonly series: Selector; readonly windowMs: number; readonly least: number }
  | {
      readonly of: "share";
      readonly part: Selector;
      readonly whole: Selector;
      readonly windowMs: number;
      /** Growth of the whole below which there is no share. */
      readonly least: number;
    }
  | { readonly of: "level"; readonly series: Selector; readonly combine: "sum" | "greatest" | "least" }
  | {
      readonly of: "age";
      readonly series: Selector;
      /** What never succeeded is as old as the oldest process; without it, there is no figure. */
      readonly never?: "process";
    };

export interface Figure {
  readonly value: number;
  /** Name of the family it is of. */
  readonly metric: string;
  readonly params: Readonly<Record<string, string>>;
  /** Of an `age`: seconds between the two last changes that were seen; `null` where fewer were. */
  readonly intervalSeconds: number | null;
}

/** Names of the families that a measure looks at, and through which window; 0 for gauges. */
export function familiesOf(measure: Measure): readonly (readonly [family: string, windowMs: number])[] {
  if (measure.of === "share") {
    return [...measure.part.families, ...measure.whole.families].map((name) => [name, measure.windowMs] as const);
  }
  const { families } = measure.series;
  if (measure.of === "mean") {
    return families.flatMap((name) => [`${name}_sum`, `${name}_count`].map((one) => [one, measure.windowMs] as const));
  }
  const windowMs = "windowMs" in measure ? measure.windowMs : 0;
  return families.map((name) => [name, windowMs] as const);
}

/**
 * The figures over the books of one process, or of a component's, one for each combination of the labels in `by`; `null`
 * when none of them exports the families. `sparse` leaves out growth and shares of
 * nothing, which most are.
 */
export function figures(
  measure: Measure,
  by: readonly string[],
  books: readonly SeriesBook[],
  nowMs: number,
  sparse: boolean,
): readonly Figure[] | null {
  switch (measure.of) {
    case "growth":
    case "rate":
      return grown(measure, by, books, nowMs, sparse);
    case "mean":
      return means(measure, by, books, nowMs);
    case "share":
      return shares(measure, by, books, nowMs, sparse);
    case "level":
      return levels(measure, by, books);
    case "age":
      return ages(measure, books, nowMs);
  }
}

interface Group {
  readonly params: Record<string, string>;
  metric: string;
  value: number;
  whole: number;
}

class Groups {
  readonly #by: readonly string[];
  readonly #groups = new Map<string, Group>();
  found = false;

  constructor(by: readonly string[]) {
    this.#by = by;
  }

  get(labels: Labels, metric: string): Group {
    const key = this.#keyOf(labels);
    let group = this.#groups.get(key);
    if (group === undefined) {
      const params = Object.fromEntries(this.#by.map((name) => [name, (labels[name] ?? "").slice(0, 200)]));
      group = { params, metric, value: 0, whole: 0 };
      this.#groups.set(key, group);
    }
    return group;
  }

  #keyOf(labels: Labels): string {
    const [first, ...rest] = this.#by;
    if (first === undefined) return "";
    return rest.length === 0 ? (labels[first] ?? "") : JSON.stringify(this.#by.map((name) => labels[name] ?? ""));
  }

  figures(least: number, value: (group: Group) => number): readonly Figure[] | null {
    if (!this.found) return null;
    return [...this.#groups.values()]
      .filter(({ whole }) => whole >= least)
      .map((group) => ({
        value: value(group),
        metric: group.metric,
        params: group.params,
        intervalSeconds: null,
      }));
  }
}

function grown(
  { of, series, windowMs }: Extract<Measure, { of: "growth" | "rate" }>,
  by: readonly string[],
  books: readonly SeriesBook[],
  nowMs: number,
  sparse: boolean,
): readonly Figure[] | null {
  const groups = new Groups(by);
  for (const book of books) {
    const chosen = book.select(series, "");
    if (chosen === null) continue;
    groups.found = true;
    for (const track of chosen.tracks) {
      const growth = growthOf(track, nowMs, windowMs);
      if (growth > 0 || !sparse) groups.get(track.labels, chosen.name).value += growth;
    }
  }
  return groups.figures(0, ({ value }) => (of === "rate" ? value / (windowMs / 1_000) : value));
}

function means(
  { series, windowMs, least }: Extract<Measure, { of: "mean" }>,
  by: readonly string[],
  books: readonly SeriesBook[],
  nowMs: number,
): readonly Figure[] | null {
  const groups = new Groups(by);
  for (const book of books) {
    const counts = book.select(series, "_count");
    if (counts === null) continue;
    groups.found = true;
    for (const track of book.select(series, "_sum")?.tracks ?? []) {
      groups.get(track.labels, counts.name).value += growthOf(track, nowMs, windowMs);
    }
    for (const track of counts.tracks) {
      groups.get(track.labels, counts.name).whole += growthOf(track, nowMs, windowMs);
    }
  }
  return groups.figures(Math.max(least, Number.MIN_VALUE), ({ value, whole }) => value / whole);
}

function shares(
  { part, whole, windowMs, least }: Extract<Measure, { of: "share" }>,
  by: readonly string[],
  books: readonly SeriesBook[],
  nowMs: number,
  sparse: boolean,
): readonly Figure[] | null {
  const groups = new Groups(by);
  for (const book of books) {
    const all = book.select(whole, "");
    if (all === null) continue;
    groups.found = true;
    const parts = book.select(part, "");
    const partName = parts?.name ?? part.families[0] ?? all.name;
    let some = false;
    for (const track of parts?.tracks ?? []) {
      const growth = growthOf(track, nowMs, windowMs);
      if (growth === 0) continue;
      some = true;
      groups.get(track.labels, partName).value += growth;
    }
    if (sparse && !some && books.length === 1) continue;
    for (const track of all.tracks) {
      const growth = growthOf(track, nowMs, windowMs);
      if (growth > 0) groups.get(track.labels, partName).whole += growth;
    }
  }
  const found = groups.figures(Math.max(least, Number.MIN_VALUE), ({ value, whole: sum }) => Math.min(1, value / sum));
  return sparse ? (found?.filter(({ value }) => value > 0) ?? null) : found;
}

function levels(
  { series, combine }: Extract<Measure, { of: "level" }>,
  by: readonly string[],
  books: readonly SeriesBook[],
): readonly Figure[] | null {
  const groups = new Groups(by);
  for (const book of books) {
    const chosen = book.select(series, "");
    if (chosen === null) continue;
    groups.found = true;
    for (const { labels, value, seenMs } of chosen.tracks) {
      if (seenMs !== book.answeredMs) continue;
      const group = groups.get(labels, chosen.name);
      // `whole` counts the series, so that the first of them sets a greatest or a least.
      if (combine === "sum" || group.whole === 0) group.value += value;
      else group.value = combine === "greatest" ? Math.max(group.value, value) : Math.min(group.value, value);
      group.whole += 1;
    }
  }
  return groups.figures(1, ({ value }) => value);
}

/** A time this far ahead of the console's is one of a clock that is off. */
const AHEAD_MS = 60_000;

function ages(
  { series, never }: Extract<Measure, { of: "age" }>,
  books: readonly SeriesBook[],
  nowMs: number,
): readonly Figure[] | null {
  let youngest: Figure | null = null;
  let found: string | null = null;
  let succeeded = false;
  let startedMs = nowMs;
  for (const book of books) {
    const chosen = book.select(series, "");
    if (chosen === null) continue;
    const { name } = chosen;
    found = name;
    if (book.startedAtSeconds !== null) startedMs = Math.min(startedMs, book.startedAtSeconds * 1_000);
    for (const { value, before, changedMs, seenMs } of chosen.tracks) {
      if (seenMs !== book.answeredMs || value <= 0) continue;
      succeeded = true;
      const atMs = changedMs ?? value * 1_000;
      if (atMs > nowMs + AHEAD_MS) continue;
      const age = Math.max(0, nowMs - atMs) / 1_000;
      if (youngest !== null && youngest.value <= age) continue;
      const intervalSeconds = before === null || before <= 0 || value <= before ? null : value - before;
      youngest = { value: age, metric: name, params: {}, intervalSeconds };
    }
  }
  if (found === null) return null;
  if (youngest !== null) return [youngest];
  if (succeeded || never === undefined) return [];
  return [{ value: (nowMs - startedMs) / 1_000, metric: found, params: {}, intervalSeconds: null }];
}
