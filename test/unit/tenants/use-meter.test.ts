import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseSeriesKey } from "../../../src-main/core/health/detection/series-key.ts";
import type { RingMember, ScrapeRound } from "../../../src-main/core/health/detection/scrape.ts";
import { readTrace } from "../../../src-main/core/health/detection/read-trace.ts";
import { UseHistory } from "../../../src-main/core/tenants/board/use/use-history.ts";
import { UseMeter } from "../../../src-main/core/tenants/board/use/use-meter.ts";
import { useKey } from "../../../src-main/core/tenants/board/use/use-series.ts";
import { reachesIn, trendOf } from "../../../src-main/core/tenants/board/use/trend.ts";

const TRACES = new URL("../../fixtures/cluster-traces/", import.meta.url).pathname;
const START_MS = Date.UTC(2026, 10, 22, 12);

async function metered(name: string): Promise<{ readonly meter: UseMeter; readonly history: UseHistory }> {
  const meter = new UseMeter(parseSeriesKey);
  // The recordings leave out what tells it; `/config` of that cluster does.
  meter.assumeReplication(3);
  const history = new UseHistory();
  for await (const recorded of readTrace(`${TRACES}${name}.ndjson.gz`)) {
    const use = meter.take(recorded);
    if (use !== null) history.take(use);
  }
  return { meter, history };
}

/** A round of processes by name, `component-n`. */
function round(
  atMs: number,
  processes: Readonly<Record<string, Readonly<Record<string, number>> | null>>,
  ring: readonly RingMember[] | null = null,
): ScrapeRound {
  const scrapes = Object.entries(processes).map(([instance, series]) => ({
    instance,
    component: instance.replace(/-\d+$/, ""),
    atMs,
    tookSeconds: 0.1,
    series,
    ready: true,
  }));
  return { atMs, scrapes, ring };
}

const RF = { loki_distributor_replication_factor: 3 };
const bytes = (value: number) => ({
  'loki_distributor_bytes_received_total{retention_hours="744",tenant="cards"}': value,
});
const streams = (value: number) => ({ 'loki_ingester_memory_streams{tenant="cards"}': value });

describe("what tenants use, out of rounds of a real cluster", () => {
  it("counts each stream once, not once a replica", async () => {
    const { meter, history } = await metered("a-healthy-steady");
    const present = history.present();
    expect(meter.cluster).toEqual({ distributors: 2, ingesters: 3, replicationFactor: 3 });
    // Three ingesters hold about 96 streams each, and they are the same ones.
    expect(present.get(useKey("streams", "acme"))).toBeGreaterThan(85);
    expect(present.get(useKey("streams", "acme"))).toBeLessThan(115);
  });

  it("sees a storm that is refused: what was received, and what was thrown away by which reason", async () => {
    const { history } = await metered("h-rate-limited-storm");
    const key = useKey("discarded", "tiny", "rate_limited");
    const most = Math.max(...history.points(key, 0, 360).map(({ value }) => value));
    // 1,500 lines a second over two distributors, as the recording's notes say.
    expect(most).toBeGreaterThan(1_000);
    expect(most).toBeLessThan(1_700);
    const others = [...history.present().keys()].filter((name) => name.includes("rate_limited"));
    expect(others).toEqual(
      [key, useKey("discarded-bytes", "tiny", "rate_limited")].filter((name) => others.includes(name)),
    );
  });

  it("sees streams explode, and divides what every replica refuses", async () => {
    const { history } = await metered("i-cardinality-explosion");
    const points = history.points(useKey("streams", "globex"), 0, 360);
    expect(points[0]?.value).toBeLessThan(4_000);
    expect(Math.max(...points.map(({ value }) => value))).toBeGreaterThan(5_000);
  });
});

describe("metering", () => {
  it("takes a counter that was set back for one that began anew", () => {
    const meter = new UseMeter(parseSeriesKey);
    meter.take(round(START_MS, { "distributor-1": { ...RF, ...bytes(1_000_000) } }));
    const use = meter.take(round(START_MS + 10_000, { "distributor-1": { ...RF, ...bytes(500) } }));
    expect(use?.values.get(useKey("bytes", "cards"))).toBe(50);
  });

  it("a process that misses a round is taken to go on, and one that stays away is not", () => {
    const meter = new UseMeter(parseSeriesKey);
    const at = (seconds: number, two: number | null) =>
      meter
        .take(
          round(START_MS + seconds * 1_000, {
            "distributor-1": { ...RF, ...bytes(seconds * 100) },
            "distributor-2": two === null ? null : bytes(two),
          }),
        )
        ?.values.get(useKey("bytes", "cards"));
    at(0, 0);
    expect(at(10, 2_000)).toBe(300);
    expect(at(20, null)).toBe(300);
    at(60, null);
    expect(at(120, null)).toBe(100);
  });

  it("a silent ingester changes nothing about how many streams there are", () => {
    const meter = new UseMeter(parseSeriesKey);
    const ring = [1, 2, 3].map((at) => ({ id: `ingester-${at}`, address: "", state: "ACTIVE", zone: "" }));
    const all = {
      "ingester-1": streams(90),
      "ingester-2": streams(90),
      "ingester-3": streams(90),
      "distributor-1": RF,
    };
    const whole = meter.take(round(START_MS, all, ring))?.values.get(useKey("streams", "cards"));
    const part = meter
      .take(round(START_MS + 15_000, { ...all, "ingester-2": null }))
      ?.values.get(useKey("streams", "cards"));
    expect([whole, part]).toEqual([90, 90]);
  });

  it("says nothing of streams while nobody tells the replication factor, and keeps what each ingester has", () => {
    const meter = new UseMeter(parseSeriesKey);
    const use = meter.take(round(START_MS, { "ingester-1": streams(70), "ingester-2": streams(80) }));
    expect(use?.values.get(useKey("streams", "cards"))).toBeUndefined();
    expect(use?.values.get(useKey("streams-most", "cards"))).toBe(80);
  });

  it("never tells a negative or endless rate, whatever counters do", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 1, max: 900 }), fc.nat()), { maxLength: 30 }), (steps) => {
        const meter = new UseMeter(parseSeriesKey);
        let atMs = START_MS;
        for (const [seconds, value] of steps) {
          atMs += seconds * 1_000;
          const use = meter.take(round(atMs, { "distributor-1": bytes(value) }));
          for (const rate of use?.values.values() ?? []) expect(rate >= 0 && Number.isFinite(rate)).toBe(true);
        }
      }),
    );
  });
});

describe("the history of use", () => {
  it("keeps a point a minute: of rates the mean, of streams the newest; and gives them back after a restart", () => {
    const history = new UseHistory();
    const kept = [];
    for (let second = 0; second <= 120; second += 15) {
      const values = new Map([
        [useKey("bytes", "cards"), second],
        [useKey("streams", "cards"), second],
      ]);
      const point = history.take({ atMs: START_MS + second * 1_000, values });
      if (point !== null) kept.push(point);
    }
    expect(kept.map(({ values }) => [...values.values()])).toEqual([
      [30, 60],
      [97.5, 120],
    ]);
    const again = new UseHistory();
    for (const point of kept) again.restore(point);
    expect(again.points(useKey("bytes", "cards"), 0, 60)).toEqual(history.points(useKey("bytes", "cards"), 0, 60));
    expect(again.lastPointMs).toBe(START_MS + 120_000);
  });

  it("holds six hours and no more, in their order", () => {
    const history = new UseHistory();
    for (let minute = 0; minute < 500; minute++) {
      history.restore({ atMs: START_MS + minute * 60_000, values: new Map([[useKey("bytes", "cards"), minute]]) });
    }
    const points = history.points(useKey("bytes", "cards"), 0, 1_000);
    expect([points.length, points[0]?.value, points.at(-1)?.value]).toEqual([360, 140, 499]);
    expect(history.points(useKey("bytes", "cards"), 0, 60)).toHaveLength(60);
    expect(history.points(useKey("bytes", "cards"), 0, 60).at(-1)?.value).toBe(499);
  });
});

describe("a trend", () => {
  const line = (count: number, value: (at: number) => number) =>
    Array.from({ length: count }, (_, at) => ({ atMs: START_MS + at * 60_000, value: value(at) }));

  it("is not moved by peaks and pauses", () => {
    const trend = trendOf(line(60, (at) => (at % 7 === 3 ? 100_000 : at % 11 === 5 ? 0 : 1_000 + at * 10)));
    expect(trend?.perHour).toBeGreaterThan(500);
    expect(trend?.perHour).toBeLessThan(700);
    expect(trend?.significant).toBe(true);
  });

  it("is none where there is only noise, and nothing is foretold from too little", () => {
    const noise = trendOf(line(40, (at) => 1_000 + ((at * 7_919) % 101)));
    expect(reachesIn(1_000, 1_200, noise)).toBeNull();
    expect(trendOf(line(5, (at) => at * 1_000))).toBeNull();
    expect(reachesIn(10, 100, null)).toBeNull();
  });

  it("says when a limit is reached, and not further ahead than it has looked back", () => {
    const trend = trendOf(line(30, (at) => at * 10));
    expect(reachesIn(300, 600, trend)).toBe(30 * 60_000);
    expect(reachesIn(300, 300_000, trend)).toBeNull();
    expect(reachesIn(700, 600, trend)).toBe(0);
  });

  it("of a straight line is its slope, from wherever it is seen", () => {
    fc.assert(
      fc.property(fc.integer({ min: 10, max: 300 }), fc.integer({ min: -50, max: 50 }), (count, slope) => {
        const trend = trendOf(line(count, (at) => 5_000 + at * slope));
        expect(trend?.perHour).toBeCloseTo(slope * 60, 6);
      }),
    );
  });
});
