import { median } from "../../detection/peer-deviation.ts";
import { runsIngester } from "../../detection/roles.ts";
import type { Seen } from "../evidence-keeper.ts";
import type { FamilyWindows } from "../tracked-keys.ts";
import type { SeriesBook } from "../series-book.ts";

export const RING_FAMILIES: FamilyWindows = new Map([
  ["loki_ring_members", 0],
  ["loki_ring_zone_members", 0],
  ["loki_distributor_replication_factor", 0],
]);

/** The component whose processes are members, by the ring's name in metrics; else whoever runs most things. */
const OF_RING: Readonly<Record<string, string>> = { scheduler: "query-scheduler" };
const RUN_MANY = ["backend", "single-binary", "read", "write"];

/** Of each component; a hundred of them would say the same. */
const WATCHERS = 15;

/**
 * What is wrong with the rings, by component, as most of the processes that watch them tell. Each watcher has its own view
 * of a ring, which may be seconds old; the median of them is what counts.
 */
export function ringTroubles(
  books: readonly SeriesBook[],
  components: readonly string[],
): ReadonlyMap<string, readonly Seen[]> {
  const seen = new Map<string, Seen[]>();
  const add = (ring: string, one: Seen) => {
    const component = memberOf(ring, components);
    if (component !== null) seen.set(component, [...(seen.get(component) ?? []), one]);
  };
  const watchers = [...Map.groupBy(books, ({ component }) => component).values()].flatMap((some) =>
    some.slice(0, WATCHERS),
  );
  const members = viewsOf(watchers, "loki_ring_members", ({ name = "", state = "" }) => [name, "", state]);
  for (const [ring, states] of byRing(members)) {
    const unhealthy = states.get("\u0000Unhealthy") ?? 0;
    if (unhealthy > 0) add(ring, found("ring-members-unhealthy", "loki_ring_members", unhealthy, { ring }));
  }
  const active = byRing(members).get("ingester")?.get("\u0000ACTIVE");
  const needed = replicationFactor(books);
  if (active !== undefined && needed !== null && active < needed) {
    add("ingester", found("ring-too-few", "loki_ring_members", active, { ring: "ingester", needed }));
  }
  const zones = viewsOf(watchers, "loki_ring_zone_members", ({ name = "", zone = "", state = "" }) => [
    name,
    zone,
    state,
  ]);
  for (const [ring, states] of byRing(zones)) {
    const names = new Set([...states.keys()].map((key) => key.split("\u0000")[0] ?? ""));
    for (const zone of names) {
      const all = [...states].filter(([key]) => key.startsWith(`${zone}\u0000`));
      const sum = all.reduce((total, [, count]) => total + count, 0);
      const well = states.get(`${zone}\u0000ACTIVE`) ?? 0;
      if (zone === "" || sum === 0 || well > 0) continue;
      add(ring, found("ring-zone-lost", "loki_ring_zone_members", 0, { ring, zone: zone.slice(0, 100) }));
    }
  }
  return seen;
}

type Key = readonly [ring: string, zone: string, state: string];

/** The median of what watchers say, by ring, zone and state. */
function viewsOf(
  books: readonly SeriesBook[],
  family: string,
  keyOf: (labels: Readonly<Record<string, string>>) => Key,
): ReadonlyMap<string, { readonly key: Key; readonly count: number }> {
  const said = new Map<string, { readonly key: Key; readonly values: number[] }>();
  for (const book of books) {
    for (const { labels, value } of book.current(family)) {
      const key = keyOf(labels);
      const text = key.join("\u0000");
      const known = said.get(text);
      if (known === undefined) said.set(text, { key, values: [value] });
      else known.values.push(value);
    }
  }
  return new Map([...said].map(([text, { key, values }]) => [text, { key, count: median(values) }]));
}

function byRing(
  views: ReadonlyMap<string, { readonly key: Key; readonly count: number }>,
): ReadonlyMap<string, ReadonlyMap<string, number>> {
  const rings = new Map<string, Map<string, number>>();
  for (const {
    key: [ring, zone, state],
    count,
  } of views.values()) {
    const states = rings.get(ring) ?? new Map<string, number>();
    rings.set(ring, states);
    states.set(`${zone}\u0000${state}`, count);
  }
  return rings;
}

function replicationFactor(books: readonly SeriesBook[]): number | null {
  const said = books.flatMap((book) => [...book.current("loki_distributor_replication_factor")]);
  return said.length === 0 ? null : median(said.map(({ value }) => value));
}

function memberOf(ring: string, components: readonly string[]): string | null {
  const name = OF_RING[ring] ?? ring;
  if (components.includes(name)) return name;
  if (name === "ingester") return components.find((component) => runsIngester(component)) ?? null;
  if (name === "distributor" && components.includes("write")) return "write";
  return RUN_MANY.find((one) => components.includes(one)) ?? null;
}

function found(
  kind: "ring-members-unhealthy" | "ring-too-few" | "ring-zone-lost",
  metric: string,
  own: number,
  params: Readonly<Record<string, string | number>>,
): Seen {
  const nobody = { matesMedian: null, spread: null, score: null };
  const finding = { kind, metric, unit: "count" as const, own, ...nobody, params: { ...params } };
  return { finding, raiseAfterMs: 20_000, clearAfterMs: 0 };
}
