import type { Scrape, ScrapeRound } from "../../../health/detection/scrape.ts";
import type { parseSeriesKey } from "../../../health/detection/series-key.ts";
import { useKey, type UseRound } from "./use-series.ts";
import { UseSources } from "./use-source.ts";

/** A process that does not answer is taken to go on as it did for so long. */
const CARRIED_MS = 90_000;
/** Over longer gaps a rate says nothing of now. */
const LONGEST_GAP_MS = 600_000;
/** Refused where every replica counts the same line (`pkg/ingester`). */
const COUNTED_BY_REPLICAS: ReadonlySet<string> = new Set([
  "stream_limit",
  "per_stream_rate_limit",
  "out_of_order",
  "too_far_behind",
]);
const INGESTERS: ReadonlySet<string> = new Set(["ingester", "write", "single-binary"]);
const DISTRIBUTORS: ReadonlySet<string> = new Set(["distributor", "write", "single-binary"]);
const PIECE = 10;
const REPLICATION = "loki_distributor_replication_factor";

interface Process {
  readonly component: string;
  readonly atMs: number;
  readonly counters: ReadonlyMap<string, number>;
  /** A second, by `useKey`. */
  readonly rates: ReadonlyMap<string, number>;
}

interface StreamSum {
  sum: number;
  most: number;
}

/** Who takes a push, as the rounds show it. */
export interface MeteredCluster {
  readonly distributors: number;
  readonly ingesters: number;
  /** `null` where no distributor says it. */
  readonly replicationFactor: number | null;
}

/**
 * What tenants use, out of rounds of all processes' metrics. Counters become rates between two answers of the same process;
 * one that was set back began anew. Streams are counted as Loki's limiter does (`pkg/ingester/limiter.go`: local limit =
 * global × replication factor ÷ ingesters): the mean over the ingesters that answered, times ingesters, over the factor,
 * so that neither replicas nor a silent ingester change it. Lines that ingesters refuse are counted by each replica and
 * divided in the same way.
 */
export class UseMeter {
  readonly #sources: UseSources;
  readonly #processes = new Map<string, Process>();
  #members: number | null = null;
  #replicationFactor: number | null = null;
  #atMs = Number.NEGATIVE_INFINITY;
  #distributors = 0;
  #ingesters = 0;

  constructor(parse: typeof parseSeriesKey) {
    this.#sources = new UseSources(parse);
  }

  get cluster(): MeteredCluster {
    return {
      distributors: this.#distributors,
      ingesters: this.#ingesters,
      replicationFactor: this.#replicationFactor,
    };
  }

  /** Of a configuration, for a Loki whose distributors do not tell; what they tell counts more. */
  assumeReplication(factor: number | null): void {
    this.#replicationFactor ??= factor;
  }

  /** What the round says; `null` for one that is not after the last. */
  take(round: ScrapeRound): UseRound | null {
    const steps = this.steps(round);
    for (;;) {
      const { done, value } = steps.next();
      if (done === true) return value;
    }
  }

  /** As `take`, in pieces of ten processes: hundreds of them at once would hold up the window. */
  *steps({ atMs, scrapes, ring }: ScrapeRound): Generator<void, UseRound | null, void> {
    if (atMs <= this.#atMs) {
      // A clock that was set back: what is known is of another time.
      if (this.#atMs - atMs > LONGEST_GAP_MS) this.#forget();
      else return null;
    }
    this.#atMs = atMs;
    if (ring !== null) this.#members = ring.filter(({ state }) => state === "ACTIVE").length;
    const streams = new Map<string, StreamSum>();
    const rules = new Map<string, Map<string, number>>();
    let ingesters = 0;
    let factor: number | null = null;
    for (const [at, scrape] of scrapes.entries()) {
      if (at % PIECE === PIECE - 1) yield;
      const { series, component } = scrape;
      if (series === null) continue;
      const told = series[REPLICATION];
      if (told !== undefined && told > 0) factor = Math.min(factor ?? told, told);
      const hasStreams = this.#scrape(scrape, series, streams, rules);
      if (hasStreams || INGESTERS.has(component)) ingesters += 1;
    }
    this.#replicationFactor = factor ?? this.#replicationFactor;
    this.#prune(atMs);
    this.#ingesters = this.#members !== null && this.#members > 0 ? this.#members : this.#known(INGESTERS);
    this.#distributors = this.#known(DISTRIBUTORS);
    const values = new Map<string, number>();
    this.#rates(values);
    this.#streams(values, streams, ingesters);
    for (const [tenant, groups] of rules) {
      values.set(useKey("rule-groups", tenant), groups.size);
      values.set(useKey("group-rules", tenant), Math.max(...groups.values()));
    }
    return { atMs, values };
  }

  /** Whether the process told of streams. */
  #scrape(
    { instance, component, atMs }: Scrape,
    series: Readonly<Record<string, number>>,
    streams: Map<string, StreamSum>,
    rules: Map<string, Map<string, number>>,
  ): boolean {
    const before = this.#processes.get(instance);
    const gapMs = before === undefined ? 0 : atMs - before.atMs;
    const seconds = gapMs > 0 && gapMs <= LONGEST_GAP_MS ? gapMs / 1_000 : null;
    const counters = new Map<string, number>();
    const rates = new Map<string, number>();
    let hasStreams = false;
    // oxlint-disable-next-line guard-for-in -- a scrape's record has no prototype's keys, and listing its entries first costs more than reading them
    for (const key in series) {
      const source = this.#sources.of(key);
      const value = series[key];
      if (source === null || value === undefined || !Number.isFinite(value)) continue;
      const { from, tenant, detail } = source;
      if (from === "streams") {
        hasStreams = true;
        const sum = streams.get(tenant) ?? { sum: 0, most: 0 };
        streams.set(tenant, sum);
        sum.sum += value;
        sum.most = Math.max(sum.most, value);
      } else if (from === "rules") {
        const groups = rules.get(tenant) ?? new Map<string, number>();
        rules.set(tenant, groups);
        // With shuffle sharding off every ruler may have it.
        groups.set(detail, Math.max(groups.get(detail) ?? 0, value));
      } else {
        counters.set(key, value);
        const earlier = before?.counters.get(key);
        if (earlier === undefined || seconds === null) continue;
        const { name } = source;
        const rate = (value >= earlier ? value - earlier : value) / seconds;
        rates.set(name, (rates.get(name) ?? 0) + rate);
      }
    }
    this.#processes.set(instance, { component, atMs, counters, rates });
    return hasStreams;
  }

  #rates(values: Map<string, number>): void {
    for (const { rates } of this.#processes.values()) {
      for (const [name, rate] of rates) values.set(name, (values.get(name) ?? 0) + rate);
    }
    for (const [name, rate] of values) {
      if (name.startsWith("bytes") || !COUNTED_BY_REPLICAS.has(name.slice(name.lastIndexOf("\u0000") + 1))) continue;
      values.set(name, rate / Math.max(1, Math.min(this.#replicationFactor ?? 1, this.#ingesters)));
    }
  }

  #streams(values: Map<string, number>, streams: ReadonlyMap<string, StreamSum>, answered: number): void {
    const factor = this.#replicationFactor;
    for (const [tenant, { sum, most }] of streams) {
      values.set(useKey("streams-most", tenant), most);
      if (factor === null || answered === 0) continue;
      values.set(useKey("streams", tenant), ((sum / answered) * Math.max(this.#ingesters, 1)) / factor);
    }
  }

  #known(components: ReadonlySet<string>): number {
    let known = 0;
    for (const { component } of this.#processes.values()) if (components.has(component)) known += 1;
    return known;
  }

  #prune(atMs: number): void {
    for (const [instance, { atMs: seenMs }] of this.#processes) {
      if (atMs - seenMs > CARRIED_MS) this.#processes.delete(instance);
    }
  }

  #forget(): void {
    this.#processes.clear();
    this.#members = null;
  }
}
