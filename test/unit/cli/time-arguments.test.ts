import { describe, expect, it } from "vitest";
import { parseDuration, parseInstant, parseRange, parseStep } from "../../../src-main/cli/time-arguments.ts";

const NOW_MS = Date.UTC(2026, 10, 20, 10);
const NOW_NS = BigInt(NOW_MS) * 1_000_000n;

describe("times on the command line", () => {
  it.each([
    ["now", NOW_NS],
    ["now-1h", NOW_NS - 3_600_000_000_000n],
    ["90m", NOW_NS - 5_400_000_000_000n],
    ["1d12h", NOW_NS - 129_600_000_000_000n],
    ["2026-11-20T10:00:00.123456789Z", NOW_NS + 123_456_789n],
    ["2026-11-20T11:00:00+01:00", NOW_NS],
    ["1795168800", 1_795_168_800_000_000_000n],
    ["1795168800123456789", 1_795_168_800_123_456_789n],
    ["1795168800.5", 1_795_168_800_500_000_000n],
  ])("reads %s", (text, ns) => {
    expect(parseInstant(text, NOW_MS)).toBe(ns);
  });

  it.each(["", "yesterday", "2026-13-01T00:00:00Z", "now-", "now-1x", "99999999999999999999999"])(
    "refuses %j",
    (text) => {
      expect(() => parseInstant(text, NOW_MS)).toThrow(/logs\.range-invalid/);
    },
  );

  it("takes the last hour by default and refuses a range that runs backwards", () => {
    expect(parseRange(undefined, undefined, NOW_MS)).toEqual({ startNs: NOW_NS - 3_600_000_000_000n, endNs: NOW_NS });
    expect(() => parseRange("now", "now-1h", NOW_MS)).toThrow(/logs\.range-reversed/);
  });

  it("reads durations as Prometheus and Go write them, and seconds", () => {
    expect([
      parseDuration("1h30m"),
      parseDuration("15"),
      parseDuration("0.5"),
      parseDuration("100ms"),
      parseDuration("x"),
    ]).toEqual([5_400_000_000_000n, 15_000_000_000n, 500_000_000n, 100_000_000n, null]);
  });

  it("steps by a 250th of the range, at least a second, as Loki does", () => {
    const hour = { startNs: NOW_NS - 3_600_000_000_000n, endNs: NOW_NS };
    expect(parseStep(undefined, hour)).toBe(14_000_000_000n);
    expect(parseStep(undefined, { startNs: NOW_NS - 1_000_000_000n, endNs: NOW_NS })).toBe(1_000_000_000n);
    expect(parseStep("30s", hour)).toBe(30_000_000_000n);
    expect(() => parseStep("0", hour)).toThrow(/logs\.range-invalid/);
  });
});
