import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatByteSize, parseByteSize } from "../../../src-shared/logql/text/byte-size.ts";
import {
  formatGoDuration,
  formatPrometheusDuration,
  parseGoDuration,
  parsePrometheusDuration,
} from "../../../src-shared/logql/text/go-duration.ts";
import { formatGoFloat, parseGoFloat } from "../../../src-shared/logql/text/go-number.ts";
import { quoteGo, unquoteGo } from "../../../src-shared/logql/text/go-quote.ts";
import { streamHash, xxHash64 } from "../../../src-shared/logql/pipeline/stream-hash.ts";

describe("texts of Go", () => {
  it("quotes any text so that it reads back", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary" }).filter((text) => text.isWellFormed()),
        (text) => {
          expect(unquoteGo(quoteGo(text))).toBe(text);
        },
      ),
    );
  });

  it("reads escapes, and refuses what Go refuses", () => {
    expect(unquoteGo('"\\u00e9\\x41\\101\\n\\"\\U0001F600"')).toBe('éAA\n"😀');
    expect(unquoteGo('`a\\n"`')).toBe('a\\n"');
    expect(unquoteGo('"\\xc3\\xa9"')).toBe("é");
    for (const bad of ['"\\q"', '"\\x4"', '"\\ud800"', '"a"b"', '"', "`a`b`", "a"]) expect(unquoteGo(bad)).toBeNull();
  });

  it("prints durations so that they read back", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n }), (ns) => {
        expect(parseGoDuration(formatGoDuration(ns))).toEqual({ ok: true, ns });
      }),
    );
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 62n / 1_000_000n }), (ms) => {
        expect(parsePrometheusDuration(formatPrometheusDuration(ms * 1_000_000n))).toEqual({
          ok: true,
          ns: ms * 1_000_000n,
        });
      }),
    );
  });

  it("reads and prints durations in both notations", () => {
    expect([300_000_000_000n, 1_500_000_000n, 90_061_000_000_000n, 1_500n].map(formatGoDuration)).toEqual([
      "5m0s",
      "1.5s",
      "25h1m1s",
      "1.5µs",
    ]);
    expect([300_000_000_000n, 5_400_000_000_000n, 86_400_000_000_000n].map(formatPrometheusDuration)).toEqual([
      "5m",
      "1h30m",
      "1d",
    ]);
    expect(parsePrometheusDuration("1.5h")).toEqual({ ok: false, error: 'unknown unit "." in duration "1.5h"' });
    expect(parsePrometheusDuration("5s1m")).toMatchObject({ ok: false });
    expect(parseGoDuration("2d")).toEqual({ ok: false, error: 'time: unknown unit "d" in duration "2d"' });
    expect(parseGoDuration("5")).toEqual({ ok: false, error: 'time: missing unit in duration "5"' });
    expect(parseGoDuration("é")).toEqual({ ok: false, error: 'time: invalid duration "\\xc3\\xa9"' });
  });

  it("prints numbers without an exponent, and so that they read back", () => {
    expect([1e21, 1e-7, 0.1, -0, Infinity, Number.NaN, 123456789.125].map(formatGoFloat)).toEqual([
      "1000000000000000000000",
      "0.0000001",
      "0.1",
      "-0",
      "+Inf",
      "NaN",
      "123456789.125",
    ]);
    fc.assert(
      fc.property(fc.double({ noNaN: true }), (value) => {
        expect(formatGoFloat(value)).not.toMatch(/e/);
        expect(parseGoFloat(formatGoFloat(value))).toBe(value);
      }),
    );
    expect(["0x1p-2", "1_000", "1e3", ".5", "inf", "0x10", "", "1."].map(parseGoFloat)).toEqual([
      0.25,
      null,
      1000,
      0.5,
      Infinity,
      null,
      null,
      1,
    ]);
  });

  it("reads and prints sizes", () => {
    expect(["1KB", "1KiB", "1.5 MB", "2,048", "5"].map((text) => parseByteSize(text))).toEqual(
      [1_000, 1_024, 1_500_000, 2_048, 5].map((bytes) => ({ ok: true, bytes })),
    );
    expect(parseByteSize("5 apples")).toEqual({ ok: false, error: "unhandled size name: apples" });
    expect([5, 82, 12_288, 1_500_000].map(formatByteSize)).toEqual(["5 B", "82 B", "12 kB", "1.5 MB"]);
  });

  it("hashes as xxHash64 does, and streams by their sorted labels", () => {
    const hash = (text: string) => xxHash64(new TextEncoder().encode(text)).toString(16);
    expect(hash("")).toBe("ef46db3751d8e999");
    expect(hash("a")).toBe("d24ec4f1a98c6e5b");
    expect(hash("abc")).toBe("44bc2cf5ad770999");
    expect(hash("Nobody inspects the spammish repetition")).toBe("fbcea83c8a378bf1");
    expect(streamHash({ b: "2", a: "1" })).toBe(streamHash({ a: "1", b: "2" }));
  });
});
