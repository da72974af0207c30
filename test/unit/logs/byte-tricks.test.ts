import { isAscii } from "node:buffer";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { foldAscii } from "../../../src-main/core/common/ascii-fold.ts";
import {
  countBits,
  emptyBitmap,
  flipBits,
  nextBit,
  nthBit,
  previousBit,
  setBit,
  setRange,
} from "../../../src-main/core/logs/scan/row-bitmap.ts";
import { requiredLiteral } from "../../../src-shared/logql/regex/required-literal.ts";
import { wholeCharacters } from "../../../src-main/core/logs/utf8-cut.ts";
import { parseRe2 } from "../../../src-shared/logql/regex/re2-syntax.ts";

describe("folding ASCII", () => {
  test("makes capitals small and leaves every other byte, at any distance from a word", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 70 }), fc.nat({ max: 3 }), fc.nat({ max: 3 }), (bytes, skewA, skewB) => {
        const source = Buffer.alloc(bytes.length + skewA).subarray(skewA);
        source.set(bytes);
        const target = Buffer.alloc(bytes.length + skewB).subarray(skewB);
        foldAscii(source, target);
        const expected = Array.from(bytes, (byte) => (byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte));
        expect([...target]).toEqual(expected);
      }),
    );
  });

  test("the check for ASCII sees shared memory as it is", () => {
    const shared = Buffer.from(new SharedArrayBuffer(100_000));
    expect(isAscii(shared)).toBe(true);
    shared[99_999] = 0x80;
    expect(isAscii(shared)).toBe(false);
  });
});

describe("a bitmap of rows", () => {
  test("answers as a list of its rows would", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat({ max: 199 })), fc.nat({ max: 200 }), fc.nat({ max: 200 }), (members, a, b) => {
        const words = emptyBitmap(200);
        for (const row of members) setBit(words, row);
        const rows = members.toSorted((x, y) => x - y);
        const [from, to] = [Math.min(a, b), Math.max(a, b)];
        expect(countBits(words, from, to)).toBe(rows.filter((row) => row >= from && row < to).length);
        expect(nextBit(words, from)).toBe(rows.find((row) => row >= from) ?? -1);
        expect(previousBit(words, to)).toBe(rows.findLast((row) => row < to) ?? -1);
        for (const [n, row] of rows.entries()) expect(nthBit(words, n)).toBe(row);
        expect(nthBit(words, rows.length)).toBe(-1);
        flipBits(words, from, to);
        expect(countBits(words, from, to)).toBe(to - from - rows.filter((row) => row >= from && row < to).length);
        setRange(words, from, to);
        expect(countBits(words, from, to)).toBe(to - from);
        expect(countBits(words, 0, from)).toBe(rows.filter((row) => row < from).length);
      }),
    );
  });
});

describe("bytes cut off anywhere", () => {
  test("end with a whole character, and lose no more than the one that was cut", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 1 }), fc.nat(), (text, cut) => {
        const bytes = Buffer.from(text);
        const piece = wholeCharacters(bytes.subarray(0, 1 + (cut % bytes.length)));
        const longest = [...text.matchAll(/./gsu)].map(([character]) => Buffer.byteLength(character));
        if (piece.length >= (longest[0] ?? 0)) expect(text.startsWith(piece.toString())).toBe(true);
        expect(piece.length).toBeGreaterThan(0);
        expect(1 + (cut % bytes.length) - piece.length).toBeLessThan(4);
      }),
    );
  });
});

describe("the literal that an expression cannot do without", () => {
  test.each([
    ["error.*code=\\d+", "error", false],
    ["(?i)Timeout|x", null, false],
    ["(?i:TIMEOUT after)", "timeout after", true],
    ["a(bcd)+e?", "bcd", false],
    ["(abc)?d{2}", null, false],
    ["foo|bar", null, false],
    ["ab*cde", "cde", false],
    ["^level=error$", "level=error", false],
    ["[a-z]+", null, false],
  ])("of %s is %s", (pattern, text, fold) => {
    const found = requiredLiteral(parseRe2(pattern));
    if (text === null || found === null) expect(found).toBe(text);
    // In any case, `k` and `s` have relatives outside ASCII, so pieces around them count.
    else if (fold) expect(text).toContain(found.text.toLowerCase());
    else expect(found).toEqual({ text, fold });
  });
});
