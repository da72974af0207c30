import { describe, expect, it } from "vitest";
import { searchFacets } from "../../../src-renderer/features/explore/facets/search-facets.ts";
import { findSpansOf } from "../../../src-renderer/features/explore/find/text-spans.ts";
import { alignSeries, metricTableRows } from "../../../src-renderer/features/explore/metric/metric-table-rows.ts";
import { failureDiagnostic } from "../../../src-renderer/features/explore/query/query-diagnostics.ts";
import { stepQuery } from "../../../src-renderer/features/explore/query/query-history.ts";
import { sampleQueries } from "../../../src-renderer/features/explore/query/sample-queries.ts";
import {
  extendTo,
  rowAfterKey,
  selectAll,
  selectedRange,
  selectRow,
} from "../../../src-renderer/features/explore/rows/row-selection.ts";
import { timeTicks } from "../../../src-renderer/features/explore/volume/time-ticks.ts";
import { barAt, barsRange, volumeModel } from "../../../src-renderer/features/explore/volume/volume-model.ts";
import { COMPLETE } from "../../../src-shared/model/completeness.ts";
import { NO_READ_STATS } from "../../../src-shared/model/log-query.ts";
import { parseLogQl } from "../../../src-shared/logql/parser.ts";

describe("marks of what is searched for", () => {
  it("find a text in any case, or in its own", async () => {
    const any = await findSpansOf({ kind: "literal", pattern: "a.b", caseSensitive: false });
    const own = await findSpansOf({ kind: "literal", pattern: "a.b", caseSensitive: true });
    if ("problem" in any || "problem" in own) throw new Error("a literal is always a pattern");
    expect(any("xA.B a.b axb")).toEqual([
      [1, 4],
      [5, 8],
    ]);
    expect(own("xA.B a.b")).toEqual([[5, 8]]);
  });

  it("do not stand still on a pattern that is made to", async () => {
    const spans = await findSpansOf({ kind: "regex", pattern: "(a+)+$", caseSensitive: true });
    if ("problem" in spans) throw new Error(spans.problem);
    const began = performance.now();
    expect(spans(`${"a".repeat(4_000)}!`)).toEqual([]);
    expect(performance.now() - began).toBeLessThan(1_000);
  });

  it("tell what is wrong with a pattern, and leave empty matches alone", async () => {
    expect(await findSpansOf({ kind: "regex", pattern: "a(b", caseSensitive: true })).toHaveProperty("problem");
    const empty = await findSpansOf({ kind: "regex", pattern: "x*", caseSensitive: true });
    if ("problem" in empty) throw new Error(empty.problem);
    expect(empty("abxxc")).toEqual([[2, 4]]);
  });
});

describe("the histogram", () => {
  const histogram = {
    startNs: "1000",
    bucketNs: "100",
    buckets: [{ error: 1, info: 3 }, {}, { info: 8 }],
    whole: true,
  };

  it("stacks the worst level on the floor, in shares of the highest bar", () => {
    const model = volumeModel(histogram, new Set());
    expect(model.highest).toBe(8);
    expect(model.bars[0]?.parts).toEqual([
      { level: "error", from: 0, to: 0.125 },
      { level: "info", from: 0.125, to: 0.5 },
    ]);
    expect(model.totals).toEqual({ error: 1, info: 11 });
  });

  it("leaves hidden levels out of the bars and not out of the totals", () => {
    const model = volumeModel(histogram, new Set(["info"] as const));
    expect(model.highest).toBe(1);
    expect(model.totals.info).toBe(11);
  });

  it("gives the exact range of the bars that were dragged over, in either direction", () => {
    const model = volumeModel(histogram, new Set());
    expect(barsRange(model, 2, 1)).toEqual({ startNs: "1100", endNs: "1300" });
    expect(barsRange(model, -5, 99)).toEqual({ startNs: "1000", endNs: "1300" });
    expect([barAt(model, -1), barAt(model, 0.5), barAt(model, 1)]).toEqual([0, 1, 2]);
  });

  it("has round instants under it, never too many", () => {
    const { ticksNs, stepNs } = timeTicks(1_763_632_801_000_000_000n, 1_763_633_701_000_000_000n, 10);
    expect(stepNs).toBe(120_000_000_000n);
    expect(ticksNs.every((ns) => ns % stepNs === 0n)).toBe(true);
    expect(timeTicks(5n, 12n, 10).stepNs).toBe(1n);
    expect(timeTicks(7n, 7n, 10).ticksNs).toEqual([]);
  });
});

describe("choosing rows", () => {
  it("extends from where it began, over the beginning too", () => {
    const selection = extendTo(extendTo(selectRow(10), 14), 7);
    expect(selectedRange(selection)).toEqual({ from: 7, to: 11 });
    expect(selectedRange(selectAll(0))).toEqual({ from: 0, to: 0 });
    expect(selectedRange(selectAll(5))).toEqual({ from: 0, to: 5 });
  });

  it("moves by keys and stays inside", () => {
    const list = { total: 100, firstVisible: 40, pageRows: 30 };
    expect(rowAfterKey("j", -1, list)).toBe(40);
    expect(rowAfterKey("ArrowUp", 0, list)).toBe(0);
    expect(rowAfterKey("PageDown", 90, list)).toBe(99);
    expect(rowAfterKey("Home", 90, list)).toBe(0);
    expect(rowAfterKey("G", 3, list)).toBe(99);
    expect(rowAfterKey("x", 3, list)).toBeNull();
    expect(rowAfterKey("End", 0, { ...list, total: 0 })).toBeNull();
  });
});

describe("the history of queries", () => {
  it("goes back and comes forth to what was being typed", () => {
    const asked = ["c", "b", "a"];
    const first = stepQuery(asked, null, "half", -1);
    const second = stepQuery(asked, first, "c", -1);
    expect([first?.text, second?.text]).toEqual(["c", "b"]);
    const back = stepQuery(asked, second, "b", 1);
    expect(stepQuery(asked, back, "c", 1)?.text).toBe("half");
    expect(stepQuery(asked, null, "half", 1)).toBeNull();
    expect(stepQuery(asked, { at: 2, typed: "half", text: "a" }, "a", -1)).toBeNull();
  });

  it("skips a query that is the text already", () => {
    expect(stepQuery(["a", "b"], null, "a", -1)?.text).toBe("b");
  });
});

describe("an error of Loki's with a place", () => {
  const failure = (line: number, column: number) => ({ query: '{app="x"}\n| jsn', text: "unexpected", line, column });

  it("is marked on the word there", () => {
    expect(failureDiagnostic(failure(2, 3))).toMatchObject({ from: 12, to: 15, message: "unexpected" });
  });

  it("is marked on the last character when the place is the end, and on all without a place", () => {
    expect(failureDiagnostic(failure(2, 6))).toMatchObject({ from: 14, to: 15 });
    expect(failureDiagnostic(failure(0, 0))).toMatchObject({ from: 0, to: 15 });
    expect(failureDiagnostic(failure(9, 9)).to).toBeLessThanOrEqual(15);
  });
});

describe("facets", () => {
  const field = (name: string, rows: number, ...values: string[]) => ({
    name,
    from: "label" as const,
    rows,
    distinct: values.length,
    exact: true,
    top: values.map((value) => ({ value, rows })),
  });

  it("are searched by name and by value, the commonest first", () => {
    const fields = [field("pod", 5, "cards-1", "ledger-2"), field("app", 9, "cards"), field("job", 9, "x")];
    expect(searchFacets(fields, "").map(({ name }) => name)).toEqual(["app", "job", "pod"]);
    const found = searchFacets(fields, "CARDS");
    expect(found.map(({ name, top }) => [name, top.length])).toEqual([
      ["app", 1],
      ["pod", 1],
    ]);
  });
});

describe("a metric answer", () => {
  const answer = {
    resultType: "matrix" as const,
    series: [
      {
        metric: { app: "a" },
        points: [
          [10, "1"],
          [20, "3.50"],
        ] as [number, string][],
      },
      {
        metric: {},
        points: [
          [20, "NaN"],
          [30, "2"],
        ] as [number, string][],
      },
    ],
    warnings: [],
    completeness: COMPLETE,
    stats: NO_READ_STATS,
  };

  it("has a gap, not a zero, where a series has no point", () => {
    expect(alignSeries(answer.series)).toEqual([
      [10, 20, 30],
      [1, 3.5, null],
      [null, null, 2],
    ]);
  });

  it("keeps Loki's own digits in the table", () => {
    expect(metricTableRows(answer).map(({ name, lowest, highest, last }) => [name, lowest, highest, last])).toEqual([
      ['{app="a"}', "1", "3.50", "3.50"],
      ["{}", "2", "2", "2"],
    ]);
  });
});

describe("queries to begin with", () => {
  it("parse, whatever the values of a label are", () => {
    for (const value of ["payments", 'a "b"', "back\\slash", "zeile\nzwei", "日志"]) {
      for (const { query } of sampleQueries("app", [value], "loki"))
        expect(parseLogQl(query), query).toHaveProperty("ok", true);
    }
    expect(sampleQueries("app", [], "loki")).toEqual([]);
    expect(sampleQueries("component", ["ingester"], "pods").map(({ kind }) => kind)).toEqual(["lines", "text"]);
  });
});
