import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createFormats } from "../../../src-renderer/hooks/formats.ts";
import { formatNanoUtc } from "../../../src-shared/model/nano-time.ts";

const en = createFormats("en", "utc");
const zh = createFormats("zh-CN", "utc");

describe("formats", () => {
  it("writes nanoseconds exactly, before and after the epoch", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -2_000_000_000_000_000_000n, max: 4_000_000_000_000_000_000n }), (ns) => {
        expect(en.timestamp(ns)).toBe(formatNanoUtc(ns).replace("T", " ").replace("Z", ""));
      }),
    );
  });

  it("cuts a fraction without rounding it up", () => {
    expect(en.timestamp("1763632800999999999", { date: false, fraction: 3 })).toBe("10:00:00.999");
    expect(en.timestamp(1_763_632_800_999_999_999n, { date: false, fraction: 0 })).toBe("10:00:00");
  });

  it.each([
    [0, "0 B"],
    [1_023, "1,023 B"],
    [1_024, "1 KiB"],
    [1_536, "1.5 KiB"],
    [1_048_575, "1 MiB"],
    [2_254_857_830, "2.1 GiB"],
    [150 * 2 ** 40, "150 TiB"],
  ])("writes %i bytes as %s", (value, text) => {
    expect(en.bytes(value)).toBe(text);
  });

  it("never writes a four-digit number of a unit that has a next one", () => {
    expect(en.bytes(1_023.6 * 1_024)).toBe("1 MiB");
    fc.assert(
      fc.property(fc.integer({ min: 1_024, max: 2 ** 50 }), (value) => {
        expect(Number.parseFloat(en.bytes(value).replaceAll(",", ""))).toBeLessThan(1_024);
      }),
    );
  });

  it.each([
    [0.4, "<1ms"],
    [340, "340ms"],
    [1_240, "1.2s"],
    [59_980, "1m"],
    [125_000, "2m 5s"],
    [3 * 3_600_000 + 4 * 60_000, "3h 4m"],
    [2 * 86_400_000 + 3 * 3_600_000, "2d 3h"],
  ])("writes %i ms as %s", (ms, text) => {
    expect(en.duration(ms)).toBe(text);
  });

  it("says 99% until it is done", () => {
    expect(en.percent(0.999_9)).toBe("99%");
    // 0.29 * 100 is 28.999… in binary.
    for (let whole = 0; whole <= 100; whole += 1) expect(en.percent(whole / 100)).toBe(`${whole}%`);
    expect(en.percent(1)).toBe("100%");
  });

  it("tells the past from the future", () => {
    const now = 1_763_632_800_000;
    expect(en.relative(now - 3 * 3_600_000, now)).toBe("3h ago");
    expect(en.relative(now + 5 * 60_000, now)).toBe("in 5m");
    expect(zh.relative(now - 3 * 3_600_000, now)).toBe("3小时前");
  });

  it("writes an instant with its zone, in an order that sorts, in each language", () => {
    expect(en.dateTime(1_763_632_800_000)).toBe("2025-11-20 10:00:00 UTC");
    expect(zh.dateTime(1_763_632_800_000)).toBe("2025-11-20 10:00:00 UTC");
  });

  it("writes local time as this machine's clock has it, and names its offset", () => {
    const atMs = 1_763_632_800_000;
    const local = createFormats("en", "local");
    const minutes = -new Date(atMs).getTimezoneOffset();
    const shifted = new Date(atMs + minutes * 60_000).toISOString().slice(0, 19).replace("T", " ");
    expect(local.timestamp(BigInt(atMs) * 1_000_000n, { fraction: 0 })).toBe(shifted);
    expect(local.zone(atMs)).toMatch(/^UTC[+-]\d{2}:\d{2}$/);
  });
});
