import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { median, peerDeviation, PeerSample } from "../../../src-main/core/health/detection/peer-deviation.ts";
import { Persistence } from "../../../src-main/core/health/detection/persistence.ts";
import { increase } from "../../../src-main/core/health/detection/reading-window.ts";
import { parseSeriesKey } from "../../../src-main/core/health/detection/series-key.ts";

const SCALE = { floor: 0, noise: 0.1 };
const positive = fc.double({ min: 1e-3, max: 1e6, noNaN: true });

describe("a value among its mates", () => {
  it("is no deviation where all are alike", () => {
    expect(peerDeviation(3, [3, 3, 3], SCALE)).toEqual({ own: 3, matesMedian: 3, spread: 0, ratio: 1, score: 0 });
  });

  it("tells how far its mates are apart, in their own unit", () => {
    expect(peerDeviation(9, [10, 12, 17], SCALE)).toMatchObject({ matesMedian: 12, spread: 2 });
    expect(peerDeviation(9, [10, 12, 14, 20], SCALE)).toMatchObject({ matesMedian: 13, spread: 2 });
  });

  it("is the same whether its mates are sorted for it alone or once for all", () => {
    fc.assert(
      fc.property(fc.array(positive, { minLength: 2, maxLength: 30 }), (values) => {
        const sample = new PeerSample(values, SCALE);
        for (const [index, own] of values.entries()) {
          const alone = peerDeviation(
            own,
            values.filter((_value, other) => other !== index),
            SCALE,
          );
          const among = sample.deviation(own, true);
          expect(among?.score).toBeCloseTo(alone?.score ?? Number.NaN, 9);
          expect(among?.spread).toBeCloseTo(alone?.spread ?? Number.NaN, 9);
          expect(among?.matesMedian).toBeCloseTo(alone?.matesMedian ?? Number.NaN, 9);
        }
      }),
    );
  });

  it("has the spread that sorting all distances gives", () => {
    fc.assert(
      fc.property(fc.array(positive, { minLength: 1, maxLength: 30 }), (mates) => {
        const middle = median(mates);
        const spread = median(mates.map((mate) => Math.abs(mate - middle)));
        expect(peerDeviation(1, mates, SCALE)?.spread).toBeCloseTo(spread, 6);
      }),
    );
  });

  it("scores the same whatever the unit", () => {
    fc.assert(
      fc.property(positive, fc.array(positive, { minLength: 1, maxLength: 9 }), positive, (own, mates, unit) => {
        const plain = peerDeviation(own, mates, SCALE);
        const scaled = peerDeviation(
          own * unit,
          mates.map((mate) => mate * unit),
          SCALE,
        );
        expect(scaled?.score).toBeCloseTo(plain?.score ?? Number.NaN, 3);
      }),
    );
  });

  it("is not moved by one mate that is far off", () => {
    const calm = peerDeviation(30, [10, 10.1, 9.9, 10.2], SCALE);
    const noisy = peerDeviation(30, [10, 10.1, 9.9, 10_000], SCALE);
    expect(noisy?.matesMedian).toBeCloseTo(calm?.matesMedian ?? 0, 0);
    expect(noisy?.score).toBeGreaterThan(5);
  });

  it("is unknown without mates", () => {
    expect(peerDeviation(1, [], SCALE)).toBeNull();
    expect(median([])).toBeNaN();
  });
});

describe("hysteresis", () => {
  const RULE = { rounds: 5, hits: 3, clearAfterMs: 30_000 };

  it("needs three of five rounds to begin and half a minute of nothing to end", () => {
    const persistence = new Persistence();
    const seen = [true, false, true, false, true, false, false, false, false, false, false, false];
    const active = seen.map((hit, index) => persistence.round(hit, index * 5_000, RULE));
    expect(active).toEqual([false, false, false, false, true, true, true, true, true, true, false, false]);
  });

  it("tells since when", () => {
    const persistence = new Persistence();
    persistence.round(false, 0, RULE);
    persistence.round(true, 5_000, RULE);
    persistence.round(true, 10_000, RULE);
    expect(persistence.sinceMs).toBe(5_000);
  });
});

describe("series", () => {
  it("are read with escapes in their labels", () => {
    expect(parseSeriesKey('a_total{tenant="a\\"b\\\\c\\nd",reason=""}')).toEqual({
      name: "a_total",
      labels: { tenant: 'a"b\\c\nd', reason: "" },
    });
    expect(parseSeriesKey("up")).toEqual({ name: "up", labels: {} });
  });

  it("that fall were reset", () => {
    expect(increase(10, 14)).toBe(4);
    expect(increase(10, 3)).toBe(3);
  });
});
