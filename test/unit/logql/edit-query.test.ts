import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { selectorsOf } from "../../../src-shared/logql/ast.ts";
import {
  isMetricQuery,
  selectorOf,
  withLabelFilter,
  withLineFilter,
  withMatcher,
  withoutPipeline,
} from "../../../src-shared/logql/editor/edit-query.ts";
import { logExprsOf } from "../../../src-shared/logql/editor/log-exprs.ts";
import { parseLogQl } from "../../../src-shared/logql/parser.ts";

const QUERIES = [
  '{app="x"}',
  '{app="x", level!="debug"} |= "a" | json | latency > 5s # why',
  'sum by (pod) (rate({app="x"} | logfmt | unwrap d | d > 1 [5m] offset 1h)) / sum(rate({app="y"}[5m]))',
  'topk(3, count_over_time(({app=~"a.+"} |~ "x")[1m]))',
  "{app=`x`}\n  | line_format `{{.a}}`",
];

/** What a label value may be: anything, with quotes, backslashes, line breaks and characters of all planes. */
const value = fc.string({ unit: "binary" }).filter((text) => text.isWellFormed());
const query = fc.constantFrom(...QUERIES);
const matchOp = fc.constantFrom("=" as const, "!=" as const);

function parsed(text: string | null) {
  const result = parseLogQl(text ?? "");
  if (!result.ok) throw new Error(`${text}: ${result.error.text}`);
  return result.expr;
}

describe("edits of a query", () => {
  it("add a matcher to every selector, with its value intact, once", () => {
    fc.assert(
      fc.property(query, matchOp, value, (text, op, added) => {
        const edited = withMatcher(text, "cluster", op, added);
        for (const { matchers } of selectorsOf(parsed(edited))) {
          expect(matchers.filter(({ name }) => name === "cluster")).toMatchObject([{ op, value: added }]);
        }
        expect(withMatcher(edited ?? "", "cluster", op, added)).toBe(edited);
      }),
    );
  });

  it("add a label filter behind the last stage, with its value intact, once", () => {
    fc.assert(
      fc.property(query, matchOp, value, (text, op, added) => {
        const edited = withLabelFilter(text, "trace_id", op, added);
        for (const { stages } of logExprsOf(parsed(edited))) {
          expect(stages.at(-1)).toMatchObject({ filter: { matcher: { name: "trace_id", op, value: added } } });
        }
        expect(withLabelFilter(edited ?? "", "trace_id", op, added)).toBe(edited);
      }),
    );
  });

  it("add a line filter behind the selector, with its text intact, once", () => {
    fc.assert(
      fc.property(query, fc.constantFrom("|=" as const, "!=" as const), value, (text, op, added) => {
        const edited = withLineFilter(text, op, added);
        for (const { stages } of logExprsOf(parsed(edited))) {
          expect(
            stages.some((stage) => stage.kind === "lineFilter" && stage.op === op && stage.operands[0]?.text === added),
          ).toBe(true);
        }
        expect(withLineFilter(edited ?? "", op, added)).toBe(edited);
      }),
    );
  });

  it("leave the rest of the text as it was written", () => {
    expect(withMatcher('{app="x"} # all\n | json', "pod", "=", "p-1")).toBe('{app="x", pod="p-1"} # all\n | json');
    expect(withMatcher('{app="x"} | json', "app", "=", "y")).toBe('{app="y"} | json');
    expect(withMatcher('{app="x"}', "app", "!=", "y")).toBe('{app="x", app!="y"}');
    expect(withMatcher("  ", "app", "=", 'say "hi"\n')).toBe('{app="say \\"hi\\"\\n"}');
    expect(withLabelFilter('rate({app="x"} | json | unwrap d [5m])', "status", ">=", "500")).toBe(
      'rate({app="x"} | json | status>=500 | unwrap d [5m])',
    );
    expect(withLineFilter('{app="x"} |= "a" | json', "!~", "b+")).toBe('{app="x"} |= "a" !~ "b+" | json');
  });

  it("give null where there is nothing to edit, or the result would be no query", () => {
    expect(withMatcher("{app=", "pod", "=", "x")).toBeNull();
    expect(withMatcher('{app="x"}', "not a name", "=", "x")).toBeNull();
    expect(withLabelFilter('{app="x"}', "by", "=", "x")).toBeNull();
    expect(withLabelFilter('{app="x"}', "a", ">", "many")).toBeNull();
    expect(withLineFilter('{app="x"}', "|~", "(")).toBeNull();
  });

  it("tell selector and kind of a query", () => {
    expect(selectorOf(parsed(QUERIES[2] ?? ""))).toBe('{app="x"}');
    expect(withoutPipeline('{app="x",b=~"c"} |= "a" | json')).toBe('{app="x", b=~"c"}');
    expect(withoutPipeline("1 + 2")).toBeNull();
    expect([isMetricQuery('{app="x"}'), isMetricQuery('rate({app="x"}[1m])'), isMetricQuery("rate(")]).toEqual([
      false,
      true,
      false,
    ]);
  });
});
