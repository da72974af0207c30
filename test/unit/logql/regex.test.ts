import fc from "fast-check";
import { RE2JS } from "re2js";
import { describe, expect, it } from "vitest";
import { countMatches, replaceAllMatches } from "../../../src-shared/logql/regex/expand.ts";
import { simplifyLabelRegex, simplifyLineRegex } from "../../../src-shared/logql/regex/loki-simplify.ts";
import { re2Error } from "../../../src-shared/logql/regex/re2-syntax.ts";
import { compileCaptures } from "../../../src-shared/logql/regex/regex-captures.ts";
import { compileSearch, compileWhole } from "../../../src-shared/logql/regex/regex-test.ts";

/** Regular expressions over a small alphabet, so that they match often. */
const { tree } = fc.letrec<{ tree: string; atom: string }>((tie) => ({
  atom: fc.oneof(
    { depthSize: "small" },
    fc.constantFrom(
      "a",
      "b",
      "ab",
      ".",
      "[ab]",
      "[^a]",
      "\\d",
      "\\s",
      "\\w",
      "\\b",
      "^",
      "$",
      "é",
      "\\.",
      "(?i:A)",
      "[[:alpha:]]",
      "\\pL",
      "(?s:.)",
    ),
    tie("tree").map((inner) => `(${inner})`),
    tie("tree").map((inner) => `(?:${inner})`),
  ),
  tree: fc
    .array(fc.tuple(tie("atom"), fc.constantFrom("", "", "", "*", "+", "?", "*?", "{2}", "{0,2}", "|")), {
      minLength: 1,
      maxLength: 4,
    })
    .map((parts) => parts.map(([atom, mark]) => `${atom}${mark}`).join("")),
}));

const text = fc
  .array(fc.constantFrom("a", "b", "A", "é", "1", " ", "\n", ".", "ab", "😀"))
  .map((parts) => parts.join(""));

function isValid(expression: string): boolean {
  return re2Error(expression) === null;
}

describe("regular expressions", () => {
  it("search, match whole values and capture as RE2 does", () => {
    fc.assert(
      fc.property(tree.filter(isValid), text, (expression, subject) => {
        const matcher = RE2JS.compile(expression).matcher(subject);
        const found = matcher.find();
        expect(compileSearch(expression)(subject)).toBe(found);
        expect(compileWhole(expression)(subject)).toBe(RE2JS.compile(`^(?:${expression})$`).matcher(subject).find());
        const match = compileCaptures(expression).exec(subject);
        const groups = found
          ? Array.from({ length: matcher.groupCount() + 1 }, (_, group) => matcher.group(group) ?? undefined)
          : null;
        expect(match === null ? null : Array.from(match)).toEqual(groups);
      }),
      { numRuns: 2_000 },
    );
  });

  it("are refused where RE2 refuses them", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.constantFrom(
            "a",
            "(",
            ")",
            "[",
            "]",
            "*",
            "+",
            "?",
            "{2,1}",
            "{1}",
            "|",
            "\\",
            "^",
            "(?P<x>",
            "(?",
            "z-a",
            "[[:x:]]",
          ),
        ),
        (parts) => {
          const expression = parts.join("");
          let refused = false;
          try {
            RE2JS.compile(expression);
          } catch {
            refused = true;
          }
          expect([expression, re2Error(expression) !== null]).toEqual([expression, refused]);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it.each([
    ["(", "missing closing ): `(`"],
    ["a)", "unexpected ): `a)`"],
    ["[a", "missing closing ]: `[a`"],
    ["*", "missing argument to repetition operator: `*`"],
    ["a**", "invalid nested repetition operator: `**`"],
    ["a{2,1}", "invalid repeat count: `{2,1}`"],
    ["\\y", "invalid escape sequence: `\\y`"],
    ["a\\", "trailing backslash at end of expression: ``"],
    ["[z-a]", "invalid character class range: `z-a`"],
    ["(?=a)", "invalid or unsupported Perl syntax: `(?=`"],
    ["(?P<n", "invalid named capture: `(?P<n`"],
  ])("name the error of %s as Go does", (expression, message) => {
    expect(re2Error(expression)).toBe(`error parsing regexp: ${message}`);
  });

  it("do not hang on hostile patterns and lines", () => {
    const line = `${"a".repeat(50_000)}!`;
    const started = performance.now();
    for (const expression of ["(a+)+$", "(a|a)*b", "(a|aa)+$", "a*a*a*a*b", "(.*)*x", "^(([a-z])+.)+[A-Z]([a-z])+$"]) {
      expect(compileSearch(expression)(line)).toBe(false);
    }
    expect(performance.now() - started).toBeLessThan(20_000);
  });

  it("take `.` for anything but a line break, in a chain of texts too", () => {
    const test = compileSearch("a.*b.*c");
    expect([test("xaxbxc"), test("a\nbc"), test("a b\na b c"), test("acb")]).toEqual([true, false, true, false]);
  });

  it("replace and count all matches as Go does", () => {
    expect(replaceAllMatches("(?P<n>a+)(b)?", "aab ab", "<$n|$2|${n}x|$1x|$$>", false)).toBe(
      "<aa|b|aax||$> <a|b|ax||$>",
    );
    expect(replaceAllMatches("a*", "baac", "x", true)).toBe("xbxcx");
    expect([countMatches("a*", "baac"), countMatches("", "日本"), countMatches("o", "foo")]).toEqual([3, 3, 2]);
  });

  it("are simplified where Loki 3.7.6 does so wrongly", () => {
    const line = simplifyLineRegex("foo.*(bar|qux)");
    if (line === null || line === "true") throw new Error("not simplified");
    expect([line("foobar"), line("foo bar")]).toEqual([true, false]);
    const label = simplifyLabelRegex("in ok|in failed");
    if (label === null || label === "true") throw new Error("not simplified");
    expect([label("login ok"), label("in failed"), label("in")]).toEqual([true, true, false]);
    expect([simplifyLabelRegex("[a-z]+"), simplifyLabelRegex(".*")]).toEqual([null, "true"]);
  });
});
