import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { timeToFull, type FreeSpacePoint } from "../../../src-main/core/storage/bucket-health/time-to-full.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

function line(count: number, freeBytes: number, lostPerHour: number): FreeSpacePoint[] {
  return Array.from({ length: count }, (_, at) => ({ atMs: at * HOUR_MS, freeBytes: freeBytes - at * lostPerHour }));
}

describe("the time until a cluster is full", () => {
  it("is where a straight line of free bytes meets zero", () => {
    fc.assert(
      fc.property(fc.integer({ min: 7, max: 1_200 }), fc.integer({ min: 1, max: 1e9 }), (count, lostPerHour) => {
        const fullAfterHours = count * 2;
        const answer = timeToFull(line(count, fullAfterHours * lostPerHour, lostPerHour));
        expect((answer?.fullAtMs ?? 0) / HOUR_MS).toBeCloseTo(fullAfterHours, 3);
        expect((answer?.lostBytesPerDay ?? 0) / (24 * lostPerHour)).toBeCloseTo(1, 6);
      }),
      { numRuns: 30 },
    );
  });

  it("is not turned by a quarter of the points, whatever they say", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 10 }), { minLength: 25, maxLength: 25 }), (wild) => {
        const points = line(100, 1_000_000, 1_000).map((point, at) =>
          at % 4 === 2 ? { ...point, freeBytes: (wild[Math.floor(at / 4)] ?? 0) * 500_000 } : point,
        );
        const days = (timeToFull(points)?.fullAtMs ?? Number.POSITIVE_INFINITY) / DAY_MS;
        expect(Math.abs(days - 1_000 / 24)).toBeLessThan(15);
      }),
      { numRuns: 50 },
    );
  });

  it("is never where room is gained or stays", () => {
    expect(timeToFull(line(48, 1_000, 0))).toEqual({ fullAtMs: null, lostBytesPerDay: 0 });
    expect(timeToFull(line(48, 1_000, -10))).toEqual({ fullAtMs: null, lostBytesPerDay: -240 });
  });

  it("is now where it is full, whatever order the points come in", () => {
    const points = line(48, 470, 10);
    expect(timeToFull(points.toReversed())?.fullAtMs).toBeCloseTo(47 * HOUR_MS, 3);
  });

  it("is not told of a short past, of few points or of none", () => {
    expect(timeToFull([])).toBeNull();
    expect(timeToFull(line(5, 1_000, 10))).toBeNull();
    expect(timeToFull(line(60, 1_000, 1).map(({ atMs, freeBytes }) => ({ atMs: atMs / 60, freeBytes })))).toBeNull();
    expect(timeToFull(Array.from({ length: 50 }, () => ({ atMs: 7, freeBytes: 9 })))).toBeNull();
  });
});
