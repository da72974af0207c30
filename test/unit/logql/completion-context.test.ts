import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { completionContext } from "../../../src-shared/logql/editor/completion-context.ts";
import { diagnoseLogQl } from "../../../src-shared/logql/editor/diagnose.ts";

/** The context at the `|` mark `‸` of a text. */
function at(marked: string) {
  const position = marked.indexOf("‸");
  return completionContext(marked.replace("‸", ""), position);
}

describe("the completion context", () => {
  it.each([
    ["‸", { kind: "function", prefix: "" }],
    ["ra‸", { kind: "function", prefix: "ra" }],
    ["sum(ra‸", { kind: "function", prefix: "ra" }],
    ["{‸", { kind: "labelName", prefix: "", selector: "{}" }],
    ['{app="x", po‸', { kind: "labelName", prefix: "po", selector: '{app="x"}', used: ["app"] }],
    ['{po‸, app="x"} |= "y"', { kind: "labelName", prefix: "po", selector: '{app="x"}' }],
    ["{app‸ ", { kind: "labelName", prefix: "app" }],
    ["{app ‸", { kind: "matchOperator" }],
    ["{app=‸", { kind: "labelValue", label: "app", quoted: false }],
    ['{app="pay‸', { kind: "labelValue", label: "app", quoted: true, prefix: "pay" }],
    ['{app="pay‸ments", env="prod"}', { kind: "labelValue", label: "app", selector: '{env="prod"}', prefix: "pay" }],
    ['{env="prod", app=~"a|‸"}', { kind: "labelValue", label: "app", selector: '{env="prod"}', prefix: "a|" }],
    ['{app="x"} ‸', { kind: "pipeOperator", inRange: false }],
    ['rate({app="x"} ‸', { kind: "pipeOperator", inRange: true }],
    ['{app="x"} | ‸', { kind: "stage", selector: '{app="x"}', prefix: "" }],
    ['{app="x"} | js‸', { kind: "stage", prefix: "js" }],
    ['{app="x"} |= "ti‸', { kind: "lineText", prefix: "ti" }],
    ['{app="x"} |= ‸', { kind: "lineText" }],
    ['{app="x"} | json | lev‸', { kind: "stage", prefix: "lev" }],
    ['{app="x"} | json | level ‸', { kind: "filterOperator", label: "level" }],
    ['{app="x"} | json | level="er‸', { kind: "filterValue", label: "level", quoted: true, prefix: "er" }],
    ['{app="x"} | json | level=‸', { kind: "filterValue", label: "level", quoted: false }],
    ['{app="x"} | json | level="a" or ‸', { kind: "fieldName" }],
    ['{app="x"} | line_format "{{.m‸', { kind: "template", prefix: "{{.m" }],
    ['{app="x"} | drop a, ‸', { kind: "fieldName" }],
    ['{app="x"} | json | unwrap ‸', { kind: "fieldName" }],
    ['{app="x"} | json | unwrap duration(‸', { kind: "fieldName" }],
    ['rate({app="x"}[‸', { kind: "duration" }],
    ['rate({app="x"}[5‸])', { kind: "duration", prefix: "5" }],
    ['rate({app="x"}[5m] offset ‸', { kind: "duration" }],
    ['sum by (‸) (rate({app="x"}[5m]))', { kind: "groupingLabel", selector: '{app="x"}' }],
    ['sum(rate({app="x"}[5m])) by (pod, ‸', { kind: "groupingLabel", selector: '{app="x"}', used: ["pod"] }],
    ['rate({app="x"}[5m]) + on(‸', { kind: "groupingLabel" }],
    ['rate({app="x"}[5m]) ‸', { kind: "binaryOperator" }],
    ['rate({app="x"}[5m]) + ‸', { kind: "function" }],
  ])("of %s is right", (marked, expected) => {
    expect(at(marked)).toMatchObject(expected);
  });

  it("replaces the whole word, and what is inside the quotes", () => {
    expect(at('{ap‸p="x"}')).toMatchObject({ from: 1, to: 4 });
    expect(at('{app="pay‸ments"}')).toMatchObject({ from: 6, to: 14 });
    expect(at('{app="pay‸')).toMatchObject({ from: 6, to: 9 });
  });

  it("is found for every place of every text", () => {
    const piece = fc.constantFrom(
      "{",
      "}",
      "(",
      ")",
      "[",
      "]",
      '"',
      "`",
      "app",
      "=",
      "|",
      "|=",
      " json",
      " sum",
      " by ",
      "5m",
      ",",
      "\\",
      "\n",
      "é",
    );
    fc.assert(
      fc.property(fc.array(piece), fc.nat(), (pieces, seed) => {
        const text = pieces.join("");
        const position = text.length === 0 ? 0 : seed % (text.length + 1);
        const { from, to, prefix } = completionContext(text, position);
        expect(from).toBeLessThanOrEqual(position);
        expect(to).toBeGreaterThanOrEqual(position);
        expect(text.slice(from, position)).toBe(prefix);
      }),
    );
  });
});

describe("diagnostics", () => {
  const codes = (text: string) =>
    diagnoseLogQl(text).map(({ code, severity, from, to }) => [code, severity, text.slice(from, to)]);

  it.each([
    ['{app="x"} | json', []],
    ["", []],
    ['{app="x"} | jsno', [["syntax", "error", ""]]],
    ['quantile(0.5, rate({app="x"}[5m]))', [["unknown-function", "error", "quantile"]]],
    ['{app=~".*"}', [["empty-selector", "error", '{app=~".*"}']]],
    ['{app=~"("}', [["invalid-regex", "error", '"("']]],
    ['{app="x"} |~ "a" or "b("', [["invalid-regex", "error", '"b("']]],
    ['{app=~".+"}', [["catch-all-selector", "warning", 'app=~".+"']]],
    ['{app!="", env!~"x"} |= "y"', [["catch-all-selector", "warning", 'app!=""']]],
    ['{app=~".+", env="prod"}', []],
    ['{app="x"} | json | path=~"pay.*"', [["unanchored-label-regex", "warning", 'path=~"pay.*"']]],
    ['{app="x"} | json | path=~"pay|log"', []],
    ['{app="x"} |~ "get.*(in|out)"', [["rewritten-line-regex", "warning", '"get.*(in|out)"']]],
  ])("of %s are %j", (text, expected) => {
    expect(codes(text)).toEqual(expected);
  });
});
