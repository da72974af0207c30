import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { withAnotherValue } from "../../../src-renderer/features/explore/query/add-value.ts";
import { logQlCompletions } from "../../../src-renderer/features/explore/query/complete-logql.ts";
import {
  RANGE_FUNCTIONS,
  STAGES,
  VECTOR_FUNCTIONS,
} from "../../../src-renderer/features/explore/query/completion-words.ts";
import { withFieldFilter, withMatcherText } from "../../../src-renderer/features/explore/query/logql-tools.ts";
import { completionContext } from "../../../src-shared/logql/editor/completion-context.ts";
import { parseLogQl } from "../../../src-shared/logql/parser.ts";
import { selectorsOf } from "../../../src-shared/logql/ast.ts";
import { compileMatcher } from "../../../src-shared/logql/pipeline/matchers.ts";

describe("a filter from a field", () => {
  it("becomes a matcher for a stream's label and a filter behind the pipeline for anything else", () => {
    const query = 'sum(rate({app="a"} | json [1m]))';
    expect(withFieldFilter(query, { name: "pod", value: "p-1", from: "label" }, "=")).toBe(
      'sum(rate({app="a", pod="p-1"} | json [1m]))',
    );
    expect(withFieldFilter(query, { name: "status", value: "500", from: "parsed" }, "!=")).toBe(
      'sum(rate({app="a"} | json | status!="500" [1m]))',
    );
  });

  it("leaves a query alone that it cannot read, and a name that LogQL cannot write", () => {
    expect(withFieldFilter("{app=", { name: "pod", value: "p", from: "label" }, "=")).toBeNull();
    expect(withFieldFilter('{app="a"}', { name: "k8s.pod", value: "p", from: "label" }, "=")).toBeNull();
  });

  it("takes a suggestion of the core as it is written", () => {
    expect(withMatcherText('{app=~".+"}', 'namespace="core\\"x"')).toBe('{app=~".+", namespace="core\\"x"}');
    expect(withMatcherText('{app="a"}', "nonsense")).toBeNull();
  });
});

describe("one value more of a label", () => {
  it("turns one value into a choice, and grows a choice", () => {
    const two = withAnotherValue('{app="a.b"} |= "x"', "app", "c|d");
    expect(two).toBe('{app=~"a\\\\.b|c\\\\|d"} |= "x"');
    expect(withAnotherValue('{app=~"a|b"}', "app", "c")).toBe('{app=~"a|b|c"}');
    expect(withAnotherValue('{app=~"a|b"}', "app", "b")).toBe('{app=~"a|b"}');
    expect(withAnotherValue('{app="a"}', "pod", "p")).toBe('{app="a", pod="p"}');
  });

  it("does not touch a pattern of somebody's own", () => {
    expect(withAnotherValue('{app=~"pay.+"}', "app", "x")).toBeNull();
  });

  it("matches exactly the values that were added, whatever they are", () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 4 }),
        fc.string({ minLength: 1 }),
        (values, other) => {
          // A lone half of a pair cannot be written in UTF-8, and a `|` alone cannot be told from a choice.
          fc.pre([...values, other].every((value) => value.isWellFormed() && !value.includes("|")));
          const query = values.reduce<string | null>(
            (text, value) => (text === null ? null : withAnotherValue(text, "app", value)),
            "",
          );
          const parsed = parseLogQl(query ?? "");
          const [selector] = parsed.ok ? selectorsOf(parsed.expr) : [];
          const [matcher] = selector?.matchers ?? [];
          if (matcher === undefined) throw new Error(`no matcher in ${query}`);
          const matches = compileMatcher(matcher);
          for (const value of values) expect(matches(value)).toBe(true);
          expect(matches(other)).toBe(values.includes(other));
        },
      ),
    );
  });
});

describe("completion", () => {
  const data = {
    labels: (selector: string) => Promise.resolve(selector === "{}" ? ["app", "pod", "k8s.node"] : ["pod"]),
    values: (label: string) => Promise.resolve([`${label}-1`, 'with "quotes"']),
    fields: () => Promise.resolve([{ name: "latency_ms", type: "int" }]),
  };
  const offered = async (text: string, at = text.indexOf("^")): Promise<readonly string[]> => {
    const options = await logQlCompletions(completionContext(text.replace("^", ""), at), data, () => "");
    return options.map(({ label, apply }) => (typeof apply === "string" ? apply : label));
  };

  it("offers what fits the place", async () => {
    expect(await offered("{^}")).toEqual(["app", "pod"]);
    expect(await offered('{app="x", ^}')).toEqual(["pod"]);
    expect(await offered("{app=^}")).toEqual(['"app-1"', '"with \\"quotes\\""']);
    expect(await offered('{app="^"}')).toEqual(["app-1", 'with \\"quotes\\"']);
    expect(await offered('{app="x"} | ^')).toEqual(expect.arrayContaining(["json", "logfmt", "latency_ms"]));
    expect(await offered('{app="x"} | json | latency_ms ^')).toContain(">=");
    expect(await offered('sum by (^) (rate({app="x"}[1m]))')).toEqual(expect.arrayContaining(["pod", "latency_ms"]));
    expect(await offered('rate({app="x"}[^')).toContain("5m");
    expect(await offered('{app="x"} |= "^')).toEqual([]);
  });

  it("knows no word that LogQL does not", () => {
    for (const name of RANGE_FUNCTIONS) {
      const unwrap = /^(rate|count_over_time|bytes_rate|bytes_over_time|absent_over_time)$/.test(name)
        ? ""
        : " | unwrap x";
      const param = name === "quantile_over_time" ? "0.9, " : "";
      expect(parseLogQl(`${name}(${param}{a="b"}${unwrap} [1m])`), name).toHaveProperty("ok", true);
    }
    for (const name of VECTOR_FUNCTIONS) {
      const inner = 'rate({a="b"}[1m])';
      const calls: Readonly<Record<string, string>> = {
        topk: `topk(2, ${inner})`,
        bottomk: `bottomk(2, ${inner})`,
        approx_topk: `approx_topk(2, ${inner})`,
        label_replace: `label_replace(${inner}, "x", "$1", "a", "(.*)")`,
        vector: "vector(1)",
      };
      expect(parseLogQl(calls[name] ?? `${name}(${inner})`), name).toHaveProperty("ok", true);
    }
    const stages: Readonly<Record<string, string>> = {
      pattern: 'pattern "<_> <x>"',
      regexp: 'regexp "(?P<x>.)"',
      line_format: 'line_format "{{.x}}"',
      label_format: "label_format a=b",
      drop: "drop a",
      keep: "keep a",
    };
    for (const name of STAGES.filter((stage) => stage !== "unwrap")) {
      expect(parseLogQl(`{a="b"} | ${stages[name] ?? name}`), name).toHaveProperty("ok", true);
    }
  });
});
