import { OUTSIDERS, type Topology, type TopologyEdge } from "../../../../src-shared/model/health/topology.ts";
import type { ScrapeRound } from "../detection/scrape.ts";
import { figures } from "../verdicts/measure.ts";
import { SeriesBook, type Selector } from "../verdicts/series-book.ts";
import { familyWindows, TrackedKeys, type FamilyWindows } from "../verdicts/tracked-keys.ts";
import { EDGE_SPECS, type EdgeSpec } from "./edge-specs.ts";

/** Figures are of the last minute. */
const WINDOW_MS = 60_000;
const FORGET_MS = 600_000;
/** Caches are no processes of Loki's: nobody scrapes them, their clients tell. */
const CACHES = ["chunks-cache", "results-cache"];
const UNSEEN: ReadonlySet<string> = new Set<string>([...OUTSIDERS, ...CACHES]);

/** Families that arrows are measured by. */
export const EDGE_FAMILIES: FamilyWindows = familyWindows(
  EDGE_SPECS.flatMap(({ timed = [], counted, failed, bytes }) => [
    ...timed.flatMap(({ families }) => families.flatMap((name) => [`${name}_sum`, `${name}_count`])),
    ...[counted, failed, bytes].flatMap((selector) => selector?.families ?? []),
  ]).map((name) => [name, WINDOW_MS] as const),
);

/**
 * Measures what flows between the components of a site, by what its processes count. An arrow is there when both its ends
 * are, whether or not a metric tells of it; a figure that none tells is `null`.
 */
export class EdgeMeter {
  readonly #keys = new TrackedKeys(EDGE_FAMILIES);
  readonly #books = new Map<string, { readonly book: SeriesBook; readonly firstMs: number | null; seenMs: number }>();
  #atMs: number | null = null;

  /** Takes a round in. Rounds come in the order of time. */
  take({ atMs, scrapes }: ScrapeRound): void {
    this.#atMs = atMs;
    for (const scrape of scrapes) {
      const known = this.#books.get(scrape.instance);
      const same = known?.book.component === scrape.component ? known : undefined;
      const book = same?.book ?? new SeriesBook(scrape, this.#keys);
      book.take(scrape);
      const firstMs = same?.firstMs ?? book.answeredMs;
      this.#books.set(scrape.instance, { book, firstMs, seenMs: atMs });
    }
    for (const [instance, { seenMs }] of this.#books) if (seenMs < atMs - FORGET_MS) this.#books.delete(instance);
  }

  /** As of the last round; without arrows before the first. */
  topology(): Topology {
    const atMs = this.#atMs;
    if (atMs === null) return { atMs: null, edges: [] };
    const there = [...this.#books.values()].filter(({ seenMs }) => seenMs === atMs);
    const components = new Set(there.map(({ book }) => book.component));
    const edges = EDGE_SPECS.flatMap((spec): TopologyEdge[] => {
      const from = end(spec.from, components);
      const to = end(spec.to, components);
      if (from === null || to === null) return [];
      const measuring = spec.measured === "from" ? from : to;
      const telling = there.filter(({ book }) => book.component === measuring);
      const watchedMs = Math.min(WINDOW_MS, ...telling.map(({ firstMs }) => atMs - (firstMs ?? atMs)));
      const books = telling.map(({ book }) => book).filter(({ mixedMs }) => mixedMs === null);
      const edge = measure(spec, books, atMs, spec.mixedOn?.includes(measuring) === true ? 0 : watchedMs);
      if (spec.optional === true && !exported(spec, books)) return [];
      return [{ kind: spec.kind, path: spec.path, from, to, ...edge }];
    });
    return { atMs, edges };
  }
}

/** Several names of one component are alternatives: the first that the site has. */
function end(names: readonly string[], components: ReadonlySet<string>): string | null {
  return names.find((name) => components.has(name) || UNSEEN.has(name)) ?? null;
}

function exported({ timed = [], counted }: EdgeSpec, books: readonly SeriesBook[]): boolean {
  const seen = (selector: Selector, suffix: string) =>
    books.some((book) =>
      selector.families.some((name) =>
        book.tracks(`${name}${suffix}`).some(({ labels }) => selector.where?.(labels) ?? true),
      ),
    );
  return timed.some((selector) => seen(selector, "_count")) || (counted !== undefined && seen(counted, ""));
}

type Measured = Pick<TopologyEdge, "perSecond" | "bytesPerSecond" | "meanSeconds" | "errorShare" | "metric">;

function measure(spec: EdgeSpec, books: readonly SeriesBook[], atMs: number, windowMs: number): Measured {
  const { timed = [], counted, failed, bytes } = spec;
  const growth = (selector: Selector | undefined) => grown(selector, books, atMs, windowMs);
  const counts = timed.map((selector) => growth(withSuffix(selector, "_count")));
  const sums = timed.map((selector) => growth(withSuffix(selector, "_sum")));
  const requests = counted === undefined ? total(counts) : growth(counted);
  const seconds = total(sums);
  const errors = growth(failed);
  const exporting = timed.find((_selector, index) => counts[index] !== null) ?? timed[0] ?? counted;
  return {
    perSecond: requests === null ? null : requests / (windowMs / 1_000),
    bytesPerSecond: perSecond(growth(bytes), windowMs),
    meanSeconds: requests === null || requests === 0 || seconds === null ? null : seconds / requests,
    // A counter of failures that is not there yet has counted none.
    errorShare:
      requests === null || requests === 0 || failed === undefined ? null : Math.min(1, (errors ?? 0) / requests),
    metric: exporting?.families.find((name) => books.some((book) => book.has(name))) ?? exporting?.families[0] ?? "",
  };
}

/** `null` where nobody exports it, or where there is no time between the answers yet. */
function grown(
  series: Selector | undefined,
  books: readonly SeriesBook[],
  atMs: number,
  windowMs: number,
): number | null {
  if (series === undefined || windowMs <= 0) return null;
  const found = figures({ of: "growth", series, windowMs }, [], books, atMs, false);
  return found === null ? null : (found[0]?.value ?? 0);
}

function withSuffix({ families, where }: Selector, suffix: string): Selector {
  const named = families.map((name) => `${name}${suffix}`);
  return where === undefined ? { families: named } : { families: named, where };
}

function total(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
}

function perSecond(value: number | null, windowMs: number): number | null {
  return value === null || windowMs <= 0 ? null : value / (windowMs / 1_000);
}
