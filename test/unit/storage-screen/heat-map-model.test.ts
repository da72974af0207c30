import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  heatLevel,
  heatMap,
  MOST_DAYS,
  verifiedShare,
} from "../../../src-renderer/features/storage/overview/heat-map-model.ts";
import { aDay, manyDays } from "../../builders/storage-examples.ts";

describe("the heat map of a bucket", () => {
  it("puts tenants with the worst findings first, then the biggest", () => {
    const { rows } = heatMap(
      [
        aDay({ tenant: "big", bytes: 900 }),
        aDay({ tenant: "small", bytes: 1 }),
        aDay({ tenant: "warned", bytes: 2, worst: "warning" }),
        aDay({ tenant: "damaged", bytes: 3, worst: "critical" }),
      ],
      [],
    );
    expect(rows.map(({ tenant }) => tenant)).toEqual(["damaged", "warned", "big", "small"]);
  });

  it("has a column for every day between the first and the last, also for one that nobody has anything of", () => {
    const { days, rows } = heatMap([aDay({ day: "2026-11-18" }), aDay({ day: "2026-11-21" })], []);
    expect(days).toEqual(["2026-11-18", "2026-11-19", "2026-11-20", "2026-11-21"]);
    expect(rows[0]?.cells.map((cell) => cell !== null)).toEqual([true, false, false, true]);
  });

  it("shows a quarter of a year at most, the newest, and says how many days are before it", () => {
    const { days, hiddenDays, rows } = heatMap([aDay({ day: "2026-01-01" }), aDay({ day: "2026-11-21" })], []);
    expect(days).toHaveLength(MOST_DAYS);
    expect(days.at(-1)).toBe("2026-11-21");
    expect(hiddenDays).toBeGreaterThan(200);
    // What is before the first column still counts for how much the tenant has.
    expect(rows[0]?.chunks).toBe(240);
  });

  it("is nothing for a bucket without chunks", () => {
    expect(heatMap([], [])).toEqual({ days: [], rows: [], most: 0, hiddenDays: 0 });
  });

  it("holds 500 tenants and 90 days", () => {
    const map = heatMap(manyDays(500, 90), []);
    expect(map.rows).toHaveLength(500);
    expect(map.days).toHaveLength(90);
    expect(map.rows[0]?.worst).toBe("critical");
  });

  it("calls a day verified as a whole only when every chunk was", () => {
    expect(heatLevel(aDay({ chunks: 1_000, verified: 999 }), "verified", 1)).toBe(3);
    expect(heatLevel(aDay({ chunks: 1_000, verified: 1_000 }), "verified", 1)).toBe(4);
    expect(heatLevel(aDay({ chunks: 1_000, verified: 0 }), "verified", 1)).toBe(0);
    expect(verifiedShare(aDay({ chunks: 0, verified: 0 }))).toBeNull();
  });

  it("never draws more bytes weaker than fewer", () => {
    fc.assert(
      fc.property(fc.nat(2 ** 31 - 1), fc.nat(2 ** 31 - 1), (a, b) => {
        const most = Math.max(a, b);
        const weaker = heatLevel(aDay({ bytes: Math.min(a, b) }), "bytes", most);
        const stronger = heatLevel(aDay({ bytes: most }), "bytes", most);
        expect(weaker).toBeLessThanOrEqual(stronger);
        expect(stronger).toBe(most === 0 ? 0 : 4);
      }),
    );
  });
});
