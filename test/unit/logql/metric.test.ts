import { describe, expect, it } from "vitest";
import { answerQuery } from "../../../src-shared/logql/answer-query.ts";
import type { LogEntry } from "../../../src-shared/logql/log-entry.ts";
import { LogQlEvalError } from "../../../src-shared/logql/logql-error.ts";
import { parseLogQl } from "../../../src-shared/logql/parser.ts";
import { runMetricQuery } from "../../../src-shared/logql/run-metric-query.ts";

const S = 1_000_000_000n;
const T0 = 1_795_168_800n * S;

/** Entries of `{app, pod}` at seconds behind T0. */
function entries(app: string, pod: string, lines: readonly (readonly [second: number, line: string])[]): LogEntry[] {
  const labels = { app, pod };
  return lines.map(([second, line]) => ({ timestampNs: T0 + BigInt(Math.round(second * 1e9)), labels, line }));
}

const DATA: readonly LogEntry[] = [
  ...entries("a", "1", [
    [0, "v=1"],
    [10, "v=3"],
    [20, "v=2"],
    [30, "v=10"],
    [60, "v=7"],
  ]),
  ...entries("a", "2", [
    [5, "v=100"],
    [30, "v=50"],
    [60, "v=5"],
  ]),
  ...entries("b", "1", [[30, "v=x"]]),
];

interface Options {
  readonly start?: number;
  readonly end?: number;
  readonly step?: number;
  readonly compat?: "documented" | "loki";
}

/** Values by series and second, `{"pod=1": {30: "2"}}`; an instant query when there is no step. */
function run(query: string, { start = 30, end = start, step, compat = "documented" }: Options = {}) {
  const parsed = parseLogQl(query);
  if (!parsed.ok || parsed.expr.kind === "log" || parsed.expr.kind === "variants") throw new Error(query);
  const at = (second: number): bigint => T0 + BigInt(second) * S;
  const stepNs = step === undefined ? null : BigInt(step) * S;
  const data = runMetricQuery(parsed.expr, DATA, { startNs: at(start), endNs: at(end), stepNs, compat });
  if (data.resultType === "scalar") return data.result[1];
  const out: Record<string, Record<number, string>> = {};
  for (const series of data.result) {
    const key = Object.entries(series.metric)
      .map(([name, value]) => `${name}=${value}`)
      .join(",");
    const points = "values" in series ? series.values : [series.value];
    out[key] = Object.fromEntries(points.map(([time, value]) => [time - Number(T0 / S), value]));
  }
  return out;
}

function refusal(query: string, options?: Options): string {
  try {
    return JSON.stringify(run(query, options));
  } catch (error) {
    if (error instanceof LogQlEvalError) return `${error.status} ${error.text}`;
    throw error;
  }
}

describe("range aggregations", () => {
  it("count what is behind the beginning of the window and up to its end", () => {
    expect(run('count_over_time({app="a"}[30s])')).toEqual({ "app=a,pod=1": { 30: "3" }, "app=a,pod=2": { 30: "2" } });
    expect(run('count_over_time({app="a", pod="1"}[30s] offset 30s)', { start: 60 })).toEqual({
      "app=a,pod=1": { 60: "3" },
    });
  });

  it("give a point at every step whose window has an entry, and none elsewhere", () => {
    expect(run('sum(count_over_time({app="a"}[10s]))', { start: 0, end: 60, step: 10 })).toEqual({
      "": { 0: "1", 10: "2", 20: "1", 30: "2", 60: "2" },
    });
    expect(run('sum(count_over_time({app="a"}[25s]))', { start: 20, end: 60, step: 20 })).toEqual({
      "": { 20: "4", 40: "3", 60: "2" },
    });
  });

  it.each([
    ["rate", "0.1"],
    ["bytes_over_time", "10"],
    ["bytes_rate", "0.3333333333333333"],
  ])("%s is per second or in bytes", (op, value) => {
    expect(run(`${op}({app="a", pod="1"}[30s])`)).toEqual({ "app=a,pod=1": { 30: value } });
  });

  it.each([
    ["sum_over_time", "15"],
    ["avg_over_time", "5"],
    ["min_over_time", "2"],
    ["max_over_time", "10"],
    ["first_over_time", "3"],
    ["last_over_time", "10"],
    ["stdvar_over_time", "12.666666666666666"],
    ["rate", "0.5"],
  ])("%s takes the unwrapped values", (op, value) => {
    expect(run(`${op}({app="a", pod="1"} | logfmt | unwrap v [30s])`)).toEqual({ "app=a,pod=1": { 30: value } });
  });

  it("interpolate quantiles between ranks", () => {
    const query = (phi: number): string =>
      `quantile_over_time(${phi}, {app="a", pod="1"} | logfmt | unwrap v [30s]) by (pod)`;
    expect([0, 0.25, 0.5, 1].map((phi) => run(query(phi)))).toEqual(
      ["2", "2.5", "3", "10"].map((value) => ({ "pod=1": { 30: value } })),
    );
    expect(run(query(1.5))).toEqual({ "pod=1": { 30: "+Inf" } });
  });

  it("extrapolate a counter as Prometheus does, and hardly in compat mode", () => {
    const query = 'rate_counter({app="a", pod="1"} | logfmt | unwrap v [40s])';
    // Samples 1, 3, 2, 10 at 0, 10, 20, 30 s: an increase of 12 with one reset, over 30 s of the 40 s window.
    expect(run(query)).toEqual({ "app=a,pod=1": { 30: String((12 * ((30 + 2.5) / 30)) / 40) } });
    expect(Number(Object.values(Object.values(run(query, { compat: "loki" }))[0] ?? {})[0])).toBeCloseTo(0.3, 5);
  });

  it("say what is absent, with the labels that the selector names", () => {
    expect(run('absent_over_time({app="c", env=~"x", pod="1"}[30s])')).toEqual({ "app=c,pod=1": { 30: "1" } });
    expect(run('absent_over_time({app="a"}[30s])')).toEqual({});
  });

  it("fail for a value that cannot be read, unless the query says otherwise", () => {
    expect(refusal('sum_over_time({app=~"a|b"} | logfmt | unwrap v [30s])')).toMatch(
      /^400 pipeline error: 'SampleExtractionErr' for series: '\{__error__="SampleExtractionErr", __error_details__="strconv.ParseFloat: parsing \\"x\\": invalid syntax", app="b"/,
    );
    expect(run('sum(sum_over_time({app=~"a|b"} | logfmt | unwrap v | __error__="" [30s]))')).toEqual({
      "": { 30: "165" },
    });
  });
});

describe("vector aggregations and operators", () => {
  const COUNTS = 'count_over_time({app=~"a|b"}[30s])';

  it.each([
    [`sum by (app) (${COUNTS})`, { "app=a": { 30: "5" }, "app=b": { 30: "1" } }],
    [`sum without (app) (${COUNTS})`, { "pod=1": { 30: "4" }, "pod=2": { 30: "2" } }],
    [`count(${COUNTS})`, { "": { 30: "3" } }],
    [`avg(${COUNTS})`, { "": { 30: "2" } }],
    [`max(${COUNTS}) - min(${COUNTS})`, { "": { 30: "2" } }],
    [`stdvar(${COUNTS})`, { "": { 30: String(2 / 3) } }],
    [`topk(1, ${COUNTS})`, { "app=a,pod=1": { 30: "3" } }],
    [`bottomk by (app) (1, ${COUNTS})`, { "app=a,pod=2": { 30: "2" }, "app=b,pod=1": { 30: "1" } }],
    [`${COUNTS} > 2`, { "app=a,pod=1": { 30: "3" } }],
    [`2 < ${COUNTS}`, { "app=a,pod=1": { 30: "3" } }],
    [`${COUNTS} > bool 2`, { "app=a,pod=1": { 30: "1" }, "app=a,pod=2": { 30: "0" }, "app=b,pod=1": { 30: "0" } }],
    [
      `sum by (app) (${COUNTS}) / on() group_left sum(${COUNTS})`,
      { "app=a": { 30: String(5 / 6) }, "app=b": { 30: String(1 / 6) } },
    ],
    [`${COUNTS} and on(app) ${COUNTS} > 2`, { "app=a,pod=1": { 30: "3" }, "app=a,pod=2": { 30: "2" } }],
    [`${COUNTS} unless on(app) ${COUNTS} > 2`, { "app=b,pod=1": { 30: "1" } }],
    [`sum(${COUNTS} > 99) or vector(0)`, { "": { 30: "0" } }],
    [
      `label_replace(sum by (app) (${COUNTS}), "svc", "s-$1", "app", "(a)")`,
      { "app=a,svc=s-a": { 30: "5" }, "app=b": { 30: "1" } },
    ],
    [`vector(7) % 4 ^ 2`, { "": { 30: "7" } }],
  ])("%s", (query, expected) => {
    expect(run(query)).toEqual(expected);
  });

  it("give a number as a scalar at one time, and as a series over a range", () => {
    expect(run("2 ^ 3 ^ 2")).toBe("512");
    expect(run("2 * 3", { start: 0, end: 20, step: 10 })).toEqual({ "": { 0: "6", 10: "6", 20: "6" } });
    expect([run("1 / 0"), refusal("1 / 0", { compat: "loki" })]).toEqual(["NaN", "500 failed to enqueue request"]);
  });

  it("refuse an ambiguous matching with 400, with 500 in compat mode", () => {
    const query = `sum by (app) (${COUNTS}) + on() ${COUNTS}`;
    expect(refusal(query)).toMatch(/^400 found duplicate series on the right hand-side/);
    expect(refusal(query, { compat: "loki" })).toMatch(/^500 found duplicate series/);
  });
});

describe("requests", () => {
  const streams = [{ labels: { app: "a" }, entries: [{ timestampNs: T0 + 15n * S, line: "x" }] }];
  const range = { kind: "range", startNs: T0 + 3n * S, endNs: T0 + 33n * S } as const;

  it("align the steps of a range query to multiples of the step, as the query frontend does", () => {
    const answer = answerQuery({ ...range, query: 'count_over_time({app="a"}[10s])', step: "10" }, streams);
    expect(answer).toMatchObject({ status: 200, data: { result: [{ values: [[Number(T0 / S) + 20, "1"]] }] } });
  });

  it.each([
    [
      { ...range, query: "{" },
      400,
      "parse error at line 1, col 2: syntax error: unexpected $end, expecting IDENTIFIER or }",
    ],
    [{ ...range, query: '{app="a"}', endNs: T0 }, 400, "end timestamp must not be before or equal to start time"],
    [
      { ...range, query: 'rate({app="a"}[5m])', step: "0" },
      400,
      "zero or negative query resolution step widths are not accepted. Try a positive integer",
    ],
    [{ ...range, query: 'rate({app="a"}[5m])', step: "x" }, 400, 'cannot parse "x" to a valid duration'],
    [
      { ...range, query: 'rate({app="a"}[5m])', step: "0.001" },
      400,
      "exceeded maximum resolution of 11,000 points per time series. Try increasing the value of the step parameter",
    ],
    [
      { kind: "instant", timeNs: T0, query: '{app="a"}' },
      400,
      "log queries are not supported as an instant query type, please change your query to a range query type",
    ],
  ] as const)("are refused: %#", (request, status, error) => {
    expect(answerQuery(request, streams)).toEqual({ status, error });
  });
});
