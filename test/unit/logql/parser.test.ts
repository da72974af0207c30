import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Expr } from "../../../src-shared/logql/ast.ts";
import { parseLogQl } from "../../../src-shared/logql/parser.ts";

function parsed(text: string): Expr {
  const result = parseLogQl(text);
  if (!result.ok) throw new Error(result.error.text);
  return result.expr;
}

function errorOf(text: string) {
  const result = parseLogQl(text);
  if (result.ok) throw new Error(`parses: ${text}`);
  return result.error;
}

describe("the LogQL parser", () => {
  it("gives every part of a log query its place in the text", () => {
    const text = '{app="payments", level!~"debug|info"} |= "timeout" | json | latency > 1.5s';
    const expr = parsed(text);
    if (expr.kind !== "log") throw new Error("no log query");
    const cut = ({ from, to }: { readonly from: number; readonly to: number }): string => text.slice(from, to);
    expect(cut(expr)).toBe(text);
    expect(expr.selector.matchers.map(cut)).toEqual(['app="payments"', 'level!~"debug|info"']);
    expect(expr.stages.map(cut)).toEqual(['|= "timeout"', "| json", "| latency > 1.5s"]);
    expect(expr.stages[2]).toMatchObject({ kind: "labelFilter", filter: { kind: "duration", ns: 1_500_000_000n } });
  });

  it("reads range, offset and unwrap of a metric query", () => {
    const expr = parsed(
      'sum by (pod) (max_over_time({app="x"} | logfmt | unwrap duration(d) | __error__="" [1h30m] offset 5m))',
    );
    expect(expr).toMatchObject({
      kind: "vectorAggregation",
      op: "sum",
      grouping: { labels: ["pod"], without: false },
      inner: {
        op: "max_over_time",
        range: {
          intervalNs: 5_400_000_000_000n,
          offsetNs: 300_000_000_000n,
          unwrap: { label: "d", conversion: "duration" },
        },
      },
    });
  });

  it("binds operators as their precedence says, and ^ to the right", () => {
    const shape = (expr: Expr): unknown =>
      expr.kind === "binary"
        ? [shape(expr.left), expr.op, shape(expr.right)]
        : expr.kind === "vector"
          ? expr.value
          : "?";
    expect(
      shape(parsed("vector(1) or vector(2) and vector(3) > vector(4) + vector(5) * vector(6) ^ vector(7) ^ vector(8)")),
    ).toEqual([1, "or", [2, "and", [3, ">", [4, "+", [5, "*", [6, "^", [7, "^", 8]]]]]]]);
  });

  it("folds arithmetic between literals", () => {
    expect(parsed("1 + 2 * 3")).toMatchObject({ kind: "literal", value: 7 });
  });

  it.each([
    ["", "parse error : syntax error: unexpected $end", 0, 0],
    ['{app="x"', "parse error at line 1, col 9: syntax error: unexpected $end, expecting } or ,", 8, 8],
    [
      '{app="x"} |= 5',
      "parse error at line 1, col 14: syntax error: unexpected NUMBER, expecting STRING or ip",
      13,
      14,
    ],
    ['{app="x}', "parse error at line 1, col 6: literal not terminated", 5, 8],
    [
      '{app="x"}\n| line_format',
      "parse error at line 2, col 14: syntax error: unexpected $end, expecting STRING",
      23,
      23,
    ],
    ['rate({app="x"}[5])', 'parse error at line 0, col 15: not a valid duration string: "5"', 14, 17],
    ['{app=~"("}', "parse error : error parsing regexp: missing closing ): `(`", 6, 9],
    ['sum({app="x"})', "parse error at line 1, col 14: syntax error: unexpected )", 13, 14],
  ])("words the error of %j as Loki does, at its place", (text, message, from, to) => {
    expect(errorOf(text)).toMatchObject({ text: message, from, to });
  });

  it("refuses a selector that nothing narrows", () => {
    for (const text of ["{}", '{app=~".*"}', '{app!="x"}', '{app=""}']) {
      expect(errorOf(text).text).toContain("queries require at least one regexp or equality matcher");
    }
    expect(parseLogQl('{app!=""}').ok).toBe(true);
  });

  it("refuses a query of 128 KiB", () => {
    expect(errorOf(`{app="${"x".repeat(131_072)}"}`).text).toMatch(/input size too long \(\d+ > 131072\)/);
  });

  it("answers any text with a tree or an error inside of it", () => {
    const piece = fc.constantFrom(
      "{",
      "}",
      "(",
      ")",
      "[5m]",
      '"a"',
      "`b`",
      "app",
      "=",
      "=~",
      "!=",
      "|",
      "|=",
      "json",
      "rate",
      "sum",
      "by",
      "1",
      "-",
      "5m",
      ",",
      "or",
      "#x\n",
      " ",
      "offset",
      "é",
      "'",
      "\\",
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(piece).map((pieces) => pieces.join("")),
          fc.string(),
        ),
        (text) => {
          const result = parseLogQl(text);
          if (result.ok) return;
          expect(result.error.from).toBeLessThanOrEqual(Math.max(result.error.to, text.length));
          expect(result.error.text).toMatch(/^parse error/);
        },
      ),
      { numRuns: 500 },
    );
  });
});
