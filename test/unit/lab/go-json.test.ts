import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { escapeGoJson, goJsonLabels } from "../../../src-main/lab/format/go-json.ts";

/** UTF-16 of any kind, halves of surrogate pairs too. */
const anyText = fc.array(fc.nat(0xffff), { maxLength: 40 }).map((units) => String.fromCharCode(...units));

describe("JSON as Loki writes it", () => {
  it("any text reads back as itself, lone surrogates as the replacement character", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(JSON.parse(`"${escapeGoJson(text)}"`)).toBe(text.toWellFormed());
      }),
    );
  });

  it("escaping goes character by character, so that a part's escaped form is in the whole's", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        expect(escapeGoJson(a + b)).toBe(escapeGoJson(a) + escapeGoJson(b));
      }),
    );
  });

  it.each([
    ['<a href="x">&', '\\u003ca href=\\"x\\"\\u003e\\u0026'],
    ["\u001b[31m", "\\u001b[31m"],
    ["\b\f\n\r\t", "\\u0008\\u000c\\n\\r\\t"],
    ["C:\\back\\fore", "C:\\\\back\\\\fore"],
    ["\u2028\u2029", "\\u2028\\u2029"],
    ["日本語 \u202e", "日本語 \u202e"],
  ])("%j is written as Go writes it", (text, written) => {
    expect(escapeGoJson(text)).toBe(written);
  });

  it("label sets are sorted by name", () => {
    expect(goJsonLabels({ b: "2", a: "<1>" })).toBe('{"a":"\\u003c1\\u003e","b":"2"}');
  });
});
