import { z } from "zod";
import { parseLogQl } from "../../../../src-shared/logql/parser.ts";
import { printMatcher } from "../../../../src-shared/logql/printer.ts";

/** A part of a tenant's series: a time range and matchers beside the request's own. Small enough, one request reads it. */
export const seriesSliceSchema = z.object({
  startMs: z.number(),
  endMs: z.number(),
  /** `label=~"…"`, as LogQL writes them. */
  matchers: z.array(z.string()),
  /** Labels that it was split by: each once. */
  splitBy: z.array(z.string()),
});
export type SeriesSlice = z.output<typeof seriesSliceSchema>;

const DAY_MS = 86_400_000;
/** Shorter ranges are not cut further: streams live longer than this. */
const SHORTEST_MS = 5 * 60_000;
/** Parts that a slice is cut into by the beginnings of a label's values. */
const MOST_PARTS = 32;
/** Characters of the regular expression of one part; Loki takes 128 KB of a query. */
const MOST_PATTERN = 8_000;

/** A range in days of UTC, the newest first: what is read first is what is now. Loki's index has a table a day as well. */
export function daySlices(startMs: number, endMs: number): SeriesSlice[] {
  const slices: SeriesSlice[] = [];
  for (let end = endMs; end > startMs;) {
    const start = Math.max(startMs, (Math.ceil(end / DAY_MS) - 1) * DAY_MS);
    slices.push({ startMs: start, endMs: end, matchers: [], splitBy: [] });
    end = start;
  }
  return slices;
}

/** Both halves, the newer first; `null` for a slice that is short already. */
export function halves(slice: SeriesSlice): SeriesSlice[] | null {
  const { startMs, endMs } = slice;
  if (endMs - startMs < 2 * SHORTEST_MS) return null;
  const middle = Math.floor((startMs + endMs) / 2);
  return [
    { ...slice, startMs: middle },
    { ...slice, endMs: middle },
  ];
}

/**
 * Cuts a slice by a label with many values: by what they begin with, so many parts that each has its share of the values, one for
 * beginnings that were not among them, and those for series without the label, one for each other label that
 * they may have, as Loki wants one matcher that something has to match. Together they cover the slice. `null` where all
 * values begin alike.
 */
export function partsByLabel(
  slice: SeriesSlice,
  label: string,
  values: readonly string[],
  otherLabels: readonly string[],
  wanted: number,
): SeriesSlice[] | null {
  const begins = beginnings(values, Math.min(MOST_PARTS, Math.max(2, wanted)));
  if (begins.length < 2) return null;
  const splitBy = [...slice.splitBy, label];
  const part = (...matchers: string[]): SeriesSlice => ({
    ...slice,
    matchers: [...slice.matchers, ...matchers],
    splitBy,
  });
  const known = begins.flat();
  const without: SeriesSlice[] = [];
  const before: string[] = [];
  for (const other of otherLabels) {
    if (other === label) continue;
    without.push(part(`${label}=""`, `${other}=~".+"`, ...before.slice(0, 12)));
    before.push(`${other}=""`);
  }
  return [
    ...begins.map((some) => part(`${label}=~${quoted(`(?s)(?:${some.join("|")})`)}`)),
    part(`${label}=~".+"`, `${label}!~${quoted(`(?s)(?:${known.join("|")})`)}`),
    ...without,
  ];
}

/** The selector of a slice, with the request's own matchers; `null` for all streams. */
export function sliceSelector(own: readonly string[], { matchers }: Pick<SeriesSlice, "matchers">): string | null {
  const all = [...own, ...matchers];
  return all.length === 0 ? null : `{${all.join(", ")}}`;
}

/** The matchers of a stream selector, none for an empty text; `null` for a text that is anything else. */
export function matchersOf(selector: string): string[] | null {
  if (selector.trim() === "") return [];
  const parsed = parseLogQl(selector);
  if (!parsed.ok || parsed.expr.kind !== "log" || parsed.expr.stages.length > 0) return null;
  return parsed.expr.selector.matchers.map(printMatcher);
}

/**
 * Groups of first letters with about as many values each, as regular expressions of what values begin with; a value that is
 * shorter than that is matched alone, as it may be what others begin with.
 */
function beginnings(values: readonly string[], wanted: number): string[][] {
  const counts = new Map<string, number>();
  let length = 0;
  // One character more until there is enough to tell apart.
  for (; length < 8 && counts.size < wanted;) {
    length += 1;
    counts.clear();
    for (const value of values) {
      const letters = [...value];
      const begin = escaped(letters.slice(0, length).join(""));
      const pattern = letters.length < length ? begin : `${begin}.*`;
      counts.set(pattern, (counts.get(pattern) ?? 0) + 1);
    }
  }
  const share = values.length / wanted;
  const groups: string[][] = [];
  let group: string[] = [];
  let count = 0;
  let characters = 0;
  for (const [begin, some] of [...counts].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    if (group.length > 0 && (count + some > share || characters + begin.length > MOST_PATTERN)) {
      groups.push(group);
      [group, count, characters] = [[], 0, 0];
    }
    group.push(begin);
    count += some;
    characters += begin.length + 1;
  }
  if (group.length > 0) groups.push(group);
  return groups;
}

/** A text as a regular expression of RE2's. */
function escaped(text: string): string {
  return text.replaceAll(/[\\^$.|?*+()[\]{}]/g, String.raw`\$&`);
}

/** A text as LogQL quotes it. */
function quoted(text: string): string {
  return JSON.stringify(text);
}
