import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { PrometheusTarget } from "../../../src-main/core/health/prometheus/prometheus-targets.ts";
import { SamplingGrid, samplingIntervalMs } from "../../../src-main/core/health/prometheus/sampling-grid.ts";
import { toldScrape } from "../../../src-main/core/health/prometheus/told-scrape.ts";

describe("instants of rounds", () => {
  it("are a whole number of sampling intervals apart, at least as far as rounds are wanted", () => {
    const grid = new SamplingGrid(15_000);
    expect(grid.stepMs).toBe(15_000);
    expect(grid.instant(1_234)).toBe(1_234);
    grid.sampledEvery(10_000);
    expect(grid.stepMs).toBe(20_000);
    expect([100, 20_103, 40_101, 59_900, 80_000].map((nowMs) => grid.instant(nowMs))).toEqual([
      100, 20_100, 40_100, 60_100, 80_100,
    ]);
    grid.sampledEvery(60_000);
    expect([grid.stepMs, grid.instant(90_000), grid.instant(151_000)]).toEqual([60_000, 90_000, 150_000]);
  });

  it("show one new sample a step of a target at any place of the interval, though rounds come late", () => {
    const lateness = fc.array(fc.nat({ max: 40 }), { minLength: 3, maxLength: 60 });
    fc.assert(
      fc.property(lateness, fc.nat({ max: 14_999 }), (delays, place) => {
        const grid = new SamplingGrid(15_000);
        grid.sampledEvery(15_000);
        let nowMs = 1_000_000;
        const seen = delays.map((delay) => {
          const instant = grid.instant(nowMs);
          nowMs += 15_000 + delay;
          return { instant, samples: Math.floor((instant - place) / 15_000) };
        });
        for (const [index, { instant, samples }] of seen.slice(1).entries()) {
          const before = seen[index];
          expect(samples - (before?.samples ?? 0)).toBe((instant - (before?.instant ?? 0)) / 15_000);
          expect(samples).toBeGreaterThan(before?.samples ?? 0);
        }
      }),
    );
  });

  it("come from what is usual for the usual target: one that was down or is asked rarely changes nothing", () => {
    const every = (seconds: number, jitter = 0) => Array.from({ length: 9 }, (_, index) => index * (seconds + jitter));
    expect(samplingIntervalMs([every(15), every(15, 0.002), [0, 15, 30, 120, 135], every(60)])).toBe(15_000);
    expect(samplingIntervalMs([[], [7]])).toBeNull();
    expect(samplingIntervalMs([])).toBeNull();
    expect(samplingIntervalMs([[5, 5, 5]])).toBeNull();
  });
});

describe("what Prometheus says of a target", () => {
  const target: PrometheusTarget = {
    instance: "ingester-0",
    component: "ingester",
    zone: "a",
    node: "n1",
    labels: {},
    up: true,
    askedAtMs: 1_000_000,
    tookSeconds: 0.25,
  };
  const times = (nowMs: number) => ({ nowMs, atMs: nowMs - 3_600_000, staleMs: 45_000 });

  it("is told at our time, with how long its page took", () => {
    const { scrape, outcome } = toldScrape(target, { up: 1 }, times(1_010_000));
    expect(scrape).toEqual({
      instance: "ingester-0",
      component: "ingester",
      atMs: -2_590_000,
      tookSeconds: 0.25,
      series: { up: 1 },
      ready: null,
    });
    expect(outcome).toMatchObject({ outcome: "answered", error: null, zone: "a", node: "n1", samples: 1 });
  });

  it("is nothing when it is down, was last asked too long ago, or has no series, and each has its reason", () => {
    const told = (change: Partial<PrometheusTarget>, series: Record<string, number>, nowMs = 1_010_000) =>
      toldScrape({ ...target, ...change }, series, times(nowMs));
    const reasons = [told({ up: false }, { a: 1 }), told({}, { a: 1 }, 1_045_001), told({}, {})];
    expect(reasons.map(({ scrape }) => scrape.series)).toEqual([null, null, null]);
    expect(reasons.map(({ outcome }) => [outcome.outcome, outcome.error?.code])).toEqual([
      ["unreachable", "loki.unreachable"],
      ["timed-out", "loki.timed-out"],
      ["not-metrics", "loki.bad-response"],
    ]);
    expect(told({}, { a: 1 }, 1_045_000).outcome.outcome).toBe("answered");
  });

  it("is taken as fresh where the clock that asked is ahead, or nobody tells when it was", () => {
    expect(toldScrape({ ...target, askedAtMs: 9_000_000 }, { a: 1 }, times(1_010_000)).outcome.outcome).toBe(
      "answered",
    );
    expect(toldScrape({ ...target, askedAtMs: null }, { a: 1 }, times(1_010_000)).outcome.outcome).toBe("answered");
  });
});
