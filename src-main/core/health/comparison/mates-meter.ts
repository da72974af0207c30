import type { Mates, MatesFigure, MatesFigureKey } from "../../../../src-shared/model/health/mates.ts";
import { median } from "../detection/peer-deviation.ts";
import { readScrape, type Reading } from "../detection/reading.ts";
import { increase, WINDOW_MS, windowRates, type WindowRates } from "../detection/reading-window.ts";
import type { RingMember, ScrapeRound } from "../detection/scrape.ts";
import { SeriesKeys } from "../detection/series-key.ts";

/** What one process did in the window. */
interface Measured {
  readonly rates: WindowRates;
  readonly streams: number | null;
  readonly appendTimeouts: number | null;
}

interface FigureDefinition {
  readonly key: MatesFigureKey;
  readonly unit: MatesFigure["unit"];
  readonly metric: string;
  readonly of: (measured: Measured) => number | null;
}

const PUT = 'loki_s3_request_duration_seconds{operation="S3.PutObject"}';
const PUSH = 'loki_request_duration_seconds{route="/logproto.Pusher/Push"}';

/** By the same metrics as the detector's findings, so that the board shows what a verdict was made of. */
const FIGURES: readonly FigureDefinition[] = [
  { key: "put-time", unit: "seconds", metric: PUT, of: ({ rates }) => rates.putMeanSeconds },
  {
    key: "put-failures",
    unit: "share",
    metric: PUT,
    of: ({ rates }) => (rates.puts === 0 ? null : rates.putFailures / rates.puts),
  },
  {
    key: "flush-queue",
    unit: "count",
    metric: "loki_ingester_flush_queue_length",
    of: ({ rates }) => rates.flushQueue,
  },
  { key: "push-time", unit: "seconds", metric: PUSH, of: ({ rates }) => rates.pushMeanSeconds },
  { key: "push-rate", unit: "per-second", metric: `${PUSH}_count`, of: ({ rates }) => rates.pushRate },
  {
    key: "pushes-in-flight",
    unit: "count",
    metric: 'loki_inflight_requests{route="/logproto.Pusher/Push"}',
    of: ({ rates }) => rates.pushesInFlight,
  },
  {
    key: "append-timeouts",
    unit: "per-second",
    metric: "loki_distributor_ingester_append_timeouts_total",
    of: ({ appendTimeouts }) => appendTimeouts,
  },
  { key: "streams", unit: "count", metric: "loki_ingester_memory_streams", of: ({ streams }) => streams },
  { key: "scrape-time", unit: "seconds", metric: "scrape duration", of: ({ rates }) => rates.scrapeSeconds },
];

/** Compares the processes of a component over the last half minute. Keeps the rounds of that time and reads them when asked. */
export class MatesMeter {
  readonly #keys = new SeriesKeys();
  readonly #answers = new Map<string, Mates>();
  #rounds: ScrapeRound[] = [];
  #ring: readonly RingMember[] = [];

  /** Rounds come in the order of time. */
  round(round: ScrapeRound): void {
    if (round.ring !== null) this.#ring = round.ring;
    const inside = this.#rounds.filter(({ atMs }) => atMs >= round.atMs - WINDOW_MS);
    // Where rounds are rarer than the window is long, two of them are the window.
    this.#rounds = [...(inside.length === 0 ? this.#rounds.slice(-1) : inside), round];
    this.#answers.clear();
  }

  mates(component: string): Mates {
    const known = this.#answers.get(component);
    if (known !== undefined) return known;
    const mates = this.#compare(component);
    this.#answers.set(component, mates);
    return mates;
  }

  #compare(component: string): Mates {
    const last = this.#rounds.at(-1);
    if (last === undefined) return { component, atMs: null, figures: [], instances: [] };
    const timeouts = component === "ingester" ? this.#appendTimeouts() : null;
    const addresses = new Map(this.#ring.map(({ id, address }) => [id, address]));
    const names = last.scrapes.filter((scrape) => scrape.component === component).map(({ instance }) => instance);
    const windows = this.#windows((scrape) => scrape.component === component);
    const rows = names.map((instance) => {
      const readings = windows.get(instance) ?? [];
      const rates = windowRates(readings);
      const address = addresses.get(instance);
      const measured =
        rates === null
          ? null
          : {
              rates,
              streams: streamsOf(readings.at(-1)),
              appendTimeouts: timeouts === null || address === undefined ? null : (timeouts.get(address) ?? 0),
            };
      return { instance, values: FIGURES.map(({ of }) => (measured === null ? null : of(measured))) };
    });
    const medians = FIGURES.map((_, place) => {
      const told = rows.flatMap(({ values }) => values[place] ?? []);
      return told.length === 0 ? null : median(told);
    });
    const kept = FIGURES.map((_, place) => place).filter((place) => medians[place] !== null);
    return {
      component,
      atMs: last.atMs,
      figures: FIGURES.flatMap(({ key, unit, metric }, place) =>
        kept.includes(place) ? [{ key, unit, metric, median: medians[place] ?? null }] : [],
      ),
      instances: rows.map(({ instance, values }) => ({ instance, values: kept.map((place) => values[place] ?? null) })),
    };
  }

  #windows(wanted: (scrape: ScrapeRound["scrapes"][number]) => boolean): ReadonlyMap<string, readonly Reading[]> {
    const windows = new Map<string, Reading[]>();
    for (const { scrapes } of this.#rounds) {
      for (const scrape of scrapes) {
        const reading = wanted(scrape) ? readScrape(scrape, this.#keys) : null;
        if (reading === null) continue;
        const window = windows.get(scrape.instance);
        if (window === undefined) windows.set(scrape.instance, [reading]);
        else window.push(reading);
      }
    }
    // Who does not answer now has no figures of now.
    const answered = new Set(
      (this.#rounds.at(-1)?.scrapes ?? []).flatMap(({ instance, series }) => (series === null ? [] : [instance])),
    );
    for (const instance of windows.keys()) if (!answered.has(instance)) windows.delete(instance);
    return windows;
  }

  /** A second, by the ingester's address, over all distributors; `null` when none was read twice. */
  #appendTimeouts(): ReadonlyMap<string, number> | null {
    const sums = new Map<string, number>();
    let read = false;
    for (const readings of this.#windows(({ component }) => component === "distributor").values()) {
      const last = readings.at(-1);
      const first = readings.find(({ startedAtSeconds }) => startedAtSeconds === last?.startedAtSeconds);
      if (first === undefined || last === undefined || first === last) continue;
      read = true;
      const seconds = (last.atMs - first.atMs) / 1_000;
      for (const [address, count] of last.appendTimeouts) {
        const rate = increase(first.appendTimeouts.get(address) ?? 0, count) / seconds;
        sums.set(address, (sums.get(address) ?? 0) + rate);
      }
    }
    return read ? sums : null;
  }
}

function streamsOf(reading: Reading | undefined): number | null {
  if (reading === undefined || reading.memoryStreams.size === 0) return null;
  return [...reading.memoryStreams.values()].reduce((sum, count) => sum + count, 0);
}
