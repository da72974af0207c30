import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hasBrokenBytes, utf8Faults } from "../../../src-renderer/features/explore/details/utf8-faults.ts";

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const encoder = new TextEncoder();
const replacements = (text: string) => [...text].filter((character) => character === "\u{FFFD}").length;

/** Bytes among which whole, cut and impossible characters are common. */
const bytes = fc
  .array(
    fc.oneof(
      fc.constantFrom(0x41, 0x80, 0xbf, 0xc0, 0xc2, 0xe0, 0xa0, 0xed, 0x9f, 0xf0, 0x90, 0xf4, 0x8f, 0xf5, 0xff),
      fc.integer({ min: 0, max: 255 }),
    ),
    { maxLength: 40 },
  )
  .map((values) => Uint8Array.from(values));

describe("bytes that are no UTF-8", () => {
  it("are found exactly where a decoder writes U+FFFD", () => {
    fc.assert(
      fc.property(bytes, (some) => {
        const faults = utf8Faults(some);
        expect(faults).toHaveLength(replacements(decoder.decode(some)) - realReplacements(some));
        // What is left is UTF-8.
        const kept = some.filter((_, place) => !faults.some(({ from, to }) => place >= from && place < to));
        expect(() => new TextDecoder("utf-8", { fatal: true }).decode(kept)).not.toThrow();
      }),
      { numRuns: 2_000 },
    );
  });

  it("are none in any text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(utf8Faults(encoder.encode(text))).toEqual([]);
      }),
    );
  });

  it("are one stretch where a character is cut short, one each where none begins", () => {
    expect(utf8Faults(Uint8Array.of(0xe6, 0x94, 0x20, 0xff, 0xfe))).toEqual([
      { from: 0, to: 2 },
      { from: 3, to: 4 },
      { from: 4, to: 5 },
    ]);
  });
});

describe("a line with U+FFFD", () => {
  it("is broken where its bytes are others than those of its text", () => {
    const broken = Uint8Array.of(0x6b, 0xff, 0x6b);
    expect(hasBrokenBytes(decoder.decode(broken), broken.length, false)).toBe(true);
  });

  it("is not where the character itself was written", () => {
    const line = "k\u{FFFD}k";
    expect(hasBrokenBytes(line, encoder.encode(line).length, false)).toBe(false);
    expect(hasBrokenBytes("plain", 999, true)).toBe(false);
  });

  it("counts as broken where only its beginning is here", () => {
    expect(hasBrokenBytes("k\u{FFFD}k", 90_000, true)).toBe(true);
  });
});

/** U+FFFD that was written as itself, `ef bf bd`, is a character like any other. */
function realReplacements(some: Uint8Array): number {
  let count = 0;
  for (let at = 0; at + 2 < some.length; at += 1) {
    if (some[at] === 0xef && some[at + 1] === 0xbf && some[at + 2] === 0xbd) count += 1;
  }
  return count;
}
