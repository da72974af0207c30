import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseRangeDuration, parseRangeEnd } from "../../../src-renderer/hooks/range-expression.ts";
import { readRangeForm, shiftRange, zoomOutRange } from "../../../src-renderer/features/explore/range/range-form.ts";
import {
  startRangeHistory,
  stepRange,
  visitRange,
} from "../../../src-renderer/features/explore/range/range-history.ts";
import { createFormats } from "../../../src-renderer/hooks/formats.ts";
import { formatNanoUtc } from "../../../src-shared/model/nano-time.ts";

const NOW_MS = Date.UTC(2026, 10, 20, 12, 0, 0);
const INSTANT = 1_763_632_800_123_456_789n;

describe("one end of a range", () => {
  it("reads every way an instant is written", () => {
    const at = (text: string) => parseRangeEnd(text, "utc");
    expect(at("2026-11-20T10:00:00.123456789Z")).toEqual({ kind: "instant", ns: 1_795_168_800_123_456_789n });
    expect(at("2026-11-20T12:00:00+02:00")).toEqual({ kind: "instant", ns: 1_795_168_800_000_000_000n });
    expect(at(" 2026-11-20 10:00:00.5 ")).toEqual({ kind: "instant", ns: 1_795_168_800_500_000_000n });
    expect(at("2026-11-20")).toEqual({ kind: "instant", ns: 1_795_132_800_000_000_000n });
    expect(at("1763632800")).toEqual({ kind: "instant", ns: 1_763_632_800_000_000_000n });
    expect(at("1763632800123")).toEqual({ kind: "instant", ns: 1_763_632_800_123_000_000n });
    expect(at("1763632800123456")).toEqual({ kind: "instant", ns: 1_763_632_800_123_456_000n });
    expect(at("1763632800123456789")).toEqual({ kind: "instant", ns: INSTANT });
  });

  it("reads now and its neighbours", () => {
    expect(parseRangeEnd("now", "utc")).toEqual({ kind: "now", beforeNs: 0n });
    expect(parseRangeEnd("now-1h30m", "utc")).toEqual({ kind: "now", beforeNs: 5_400_000_000_000n });
    expect(parseRangeEnd("NOW + 5m", "utc")).toEqual({ kind: "now", beforeNs: -300_000_000_000n });
  });

  it("says what is wrong instead of guessing", () => {
    expect(parseRangeEnd("", "utc")).toBe("empty");
    expect(parseRangeEnd("yesterday", "utc")).toBe("not-understood");
    expect(parseRangeEnd("now-3x", "utc")).toBe("not-understood");
    expect(parseRangeEnd("2026-02-30", "utc")).toBe("not-understood");
    expect(parseRangeEnd("2026-11-20 25:00", "utc")).toBe("not-understood");
    expect(parseRangeEnd("now-999999999999d", "utc")).toBe("out-of-range");
    expect(parseRangeEnd("99999999999999999999", "utc")).toBe("out-of-range");
    expect(parseRangeEnd("4000-01-01", "utc")).toBe("out-of-range");
  });

  it("reads back what the window writes, to the nanosecond, in both zones", () => {
    const local = createFormats("en", "local");
    const utc = createFormats("en", "utc");
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 4_000_000_000_000_000_000n }), (ns) => {
        expect(parseRangeEnd(utc.timestamp(ns), "utc")).toEqual({ kind: "instant", ns });
        expect(parseRangeEnd(formatNanoUtc(ns), "local")).toEqual({ kind: "instant", ns });
        // An hour that a clock goes through twice reads as one of both; the distance is that hour at most.
        const back = parseRangeEnd(local.timestamp(ns), "local");
        if (typeof back === "string" || back.kind !== "instant") throw new Error(`not read: ${local.timestamp(ns)}`);
        const off = back.ns > ns ? back.ns - ns : ns - back.ns;
        expect(off === 0n || off === 3_600_000_000_000n || off === 1_800_000_000_000n).toBe(true);
      }),
    );
  });
});

describe("durations", () => {
  it("are those of LogQL", () => {
    expect(parseRangeDuration("1w2d")).toBe(9n * 86_400_000_000_000n);
    expect(parseRangeDuration("250ms")).toBe(250_000_000n);
    expect(parseRangeDuration("1h 2m")).toBeNull();
    expect(parseRangeDuration("h")).toBeNull();
  });
});

describe("a typed range", () => {
  it("to now moves with the clock; any other becomes instants", () => {
    expect(readRangeForm("now-3h", "now", "utc", NOW_MS)).toEqual({ kind: "relative", lastSeconds: 10_800 });
    expect(readRangeForm("now-3h", "now-1h", "utc", NOW_MS)).toEqual({
      kind: "absolute",
      startNs: String(BigInt(NOW_MS - 10_800_000) * 1_000_000n),
      endNs: String(BigInt(NOW_MS - 3_600_000) * 1_000_000n),
    });
    expect(readRangeForm("now-1500ms", "now", "utc", NOW_MS)).toHaveProperty("kind", "absolute");
  });

  it("that is reversed or empty is refused at its end", () => {
    expect(readRangeForm("now", "now-1h", "utc", NOW_MS)).toEqual([{ field: "to", problem: "reversed" }]);
    expect(readRangeForm("2026-11-20", "2026-11-20", "utc", NOW_MS)).toEqual([{ field: "to", problem: "reversed" }]);
    expect(readRangeForm("x", "", "utc", NOW_MS)).toEqual([
      { field: "from", problem: "not-understood" },
      { field: "to", problem: "empty" },
    ]);
  });
});

describe("moving a range", () => {
  it("shifts by half of it and keeps its length, down to one nanosecond", () => {
    expect(shiftRange(100n, 200n, -1)).toEqual({ kind: "absolute", startNs: "50", endNs: "150" });
    expect(shiftRange(100n, 101n, 1)).toEqual({ kind: "absolute", startNs: "101", endNs: "102" });
  });

  it("zooms out to twice the length, not beyond now", () => {
    expect(zoomOutRange(100n, 200n, 1_000n)).toEqual({ kind: "absolute", startNs: "50", endNs: "250" });
    expect(zoomOutRange(100n, 200n, 210n)).toEqual({ kind: "absolute", startNs: "50", endNs: "210" });
  });
});

describe("the ranges that were looked at", () => {
  const hours = (count: number) => ({ kind: "relative", lastSeconds: count * 3_600 }) as const;

  it("are walked back and forth, and a new one forgets what was ahead", () => {
    let history = visitRange(visitRange(startRangeHistory(hours(1)), hours(2)), hours(3));
    history = stepRange(stepRange(history, -1), -1);
    expect(history.entries[history.at]).toEqual(hours(1));
    expect(stepRange(history, -1)).toBe(history);
    history = visitRange(history, hours(9));
    expect(history.entries).toEqual([hours(1), hours(9)]);
  });

  it("do not note the same range twice in a row", () => {
    const history = startRangeHistory(hours(1));
    expect(visitRange(history, hours(1))).toBe(history);
  });
});
