import type { LabelSet } from "../model/labels.ts";
import type { Grouping, MetricExpr, RangeAggregation } from "./ast.ts";
import type { LogEntry, LogStream } from "./log-entry.ts";
import { type EvalOptions, withDefaults } from "./log-pipeline.ts";
import { LogQlEvalError } from "./logql-error.ts";
import type { EvalContext, SampleFeed, StreamSource } from "./metric/eval-context.ts";
import { evaluate, type Evaluated } from "./metric/evaluate.ts";
import { isTallied } from "./metric/range-aggregation.ts";
import { scalarTime } from "./metric/loki-376-metric-bugs.ts";
import { labelsKey, type Series } from "./metric/series.ts";
import { stepGrid, stepMs, type StepGrid } from "./metric/step-grid.ts";
import { toStreams } from "./run-log-query.ts";
import { formatGoFloat } from "./text/go-number.ts";

export interface MetricQueryParams extends EvalOptions {
  readonly startNs: bigint;
  /** Belongs to the range, unlike in a log query. Equal to `startNs` for an instant query. */
  readonly endNs: bigint;
  /** `null` for an instant query. */
  readonly stepNs: bigint | null;
  /** More series than this are refused, as by Loki's limit `max_query_series`. */
  readonly maxSeries?: number | undefined;
}

/** Seconds, and the value as Loki prints it. */
export type SamplePoint = readonly [timeSeconds: number, value: string];

/** The `data` of Loki's answer to a metric query, without `stats`. */
export type MetricAnswerData =
  | {
      readonly resultType: "matrix";
      readonly result: readonly { readonly metric: LabelSet; readonly values: readonly SamplePoint[] }[];
    }
  | {
      readonly resultType: "vector";
      readonly result: readonly { readonly metric: LabelSet; readonly value: SamplePoint }[];
    }
  | { readonly resultType: "scalar"; readonly result: SamplePoint };

/** Loki's bound for the points of one series. */
export const MAX_POINTS = 11_000;

function checkParams({ startNs, endNs, stepNs }: MetricQueryParams): void {
  if (stepNs === null) return;
  if (endNs < startNs) throw new LogQlEvalError(400, "end timestamp must not be before or equal to start time");
  if (stepNs <= 0n) {
    throw new LogQlEvalError(
      400,
      "zero or negative query resolution step widths are not accepted. Try a positive integer",
    );
  }
  checkResolution(startNs, endNs, stepNs);
}

/** Throws what Loki answers when a series would have too many points. */
export function checkResolution(startNs: bigint, endNs: bigint, stepNs: bigint): void {
  if ((endNs - startNs) / stepNs > BigInt(MAX_POINTS)) {
    throw new LogQlEvalError(
      400,
      "exceeded maximum resolution of 11,000 points per time series. Try increasing the value of the step parameter",
    );
  }
}

/** Where a metric query's entries come from, in any form, or what was extracted of them elsewhere. */
export type MetricSource = Iterable<LogEntry> | readonly LogStream[] | StreamSource | { readonly feed: SampleFeed };

function providerOf(source: MetricSource): EvalContext["source"] {
  if (typeof source === "function" || "feed" in source) return source;
  const streams = toStreams(source);
  return () => streams;
}

function gridOf(params: MetricQueryParams): StepGrid {
  return stepGrid(params.startNs, params.stepNs === null ? params.startNs : params.endNs, params.stepNs ?? 1n);
}

function points({ values, present }: Series, grid: StepGrid): readonly SamplePoint[] {
  const list: SamplePoint[] = [];
  for (let step = 0; step < values.length; step++) {
    if (present[step] === 1) list.push([stepMs(grid, step) / 1_000, formatGoFloat(values[step] ?? 0)]);
  }
  return list;
}

/** Series of equal labels, which `label_replace` can make, are one in an answer, with points at the same time. */
function merged(series: readonly Series[], grid: StepGrid): { metric: LabelSet; values: SamplePoint[] }[] {
  const byKey = new Map<string, { metric: LabelSet; values: SamplePoint[] }>();
  for (const member of series) {
    const values = points(member, grid);
    if (values.length === 0) continue;
    const key = labelsKey(member.labels);
    const existing = byKey.get(key);
    if (existing === undefined) byKey.set(key, { metric: member.labels, values: [...values] });
    else {
      existing.values.push(...values);
      existing.values.sort(([left], [right]) => left - right);
    }
  }
  return [...byKey.values()];
}

function byLabels(left: { readonly metric: LabelSet }, right: { readonly metric: LabelSet }): number {
  const [a, b] = [labelsKey(left.metric), labelsKey(right.metric)];
  return a < b ? -1 : a > b ? 1 : 0;
}

function keepsOrder(expr: MetricExpr): boolean {
  if (expr.kind !== "vectorAggregation") return false;
  return expr.op === "sort" || expr.op === "sort_desc" || expr.op === "topk" || expr.op === "bottomk";
}

function rangeAnswer(result: Evaluated, grid: StepGrid): MetricAnswerData {
  if (result.kind === "scalar") {
    const values = Array.from({ length: grid.count }, (_, step): SamplePoint => {
      return [stepMs(grid, step) / 1_000, formatGoFloat(result.value)];
    });
    return { resultType: "matrix", result: [{ metric: {}, values }] };
  }
  return { resultType: "matrix", result: merged(result.series, grid).toSorted(byLabels) };
}

function instantAnswer(
  expr: MetricExpr,
  result: Evaluated,
  grid: StepGrid,
  compat: EvalOptions["compat"],
): MetricAnswerData {
  const ms = stepMs(grid, 0);
  if (result.kind === "scalar") {
    return { resultType: "scalar", result: [scalarTime(ms, compat ?? "documented"), formatGoFloat(result.value)] };
  }
  const list = result.series.flatMap((series) =>
    points(series, grid).map((value) => ({ metric: series.labels, value })),
  );
  return { resultType: "vector", result: keepsOrder(expr) ? list : list.toSorted(byLabels) };
}

/**
 * Answers a metric query as Loki would: from entries, from streams, or from a source that is asked for what each range
 * aggregation needs, or from samples that were extracted before (`samplesNeeded`). Throws `LogQlEvalError` for what Loki refuses.
 */
export function runMetricQuery(expr: MetricExpr, source: MetricSource, params: MetricQueryParams): MetricAnswerData {
  checkParams(params);
  const grid = gridOf(params);
  const context: EvalContext = {
    grid,
    source: providerOf(source),
    options: withDefaults(params),
    maxSeries: params.maxSeries ?? Number.MAX_SAFE_INTEGER,
  };
  const result = evaluate(expr, context);
  return params.stepNs === null ? instantAnswer(expr, result, grid, params.compat) : rangeAnswer(result, grid);
}

/** What a range aggregation of a query takes its samples with. */
export interface SamplesNeeded {
  readonly aggregation: RangeAggregation;
  /** The grouping of a `sum` around it. */
  readonly pushed: Grouping | null;
  readonly grid: StepGrid;
}

/**
 * What the feed of a query will be asked for, in this order: a run of the query over nothing, as what is asked does not
 * depend on data. Throws `LogQlEvalError` for what Loki refuses without looking at data.
 */
export function samplesNeeded(expr: MetricExpr, params: MetricQueryParams): readonly SamplesNeeded[] {
  const needed: SamplesNeeded[] = [];
  const grid = gridOf(params);
  const feed: SampleFeed = (aggregation, pushed) => {
    needed.push({ aggregation, pushed, grid });
    if (isTallied(aggregation)) return { kind: "tallies", failure: null, series: [] };
    return { kind: "samples", failure: null, each: () => undefined };
  };
  runMetricQuery(expr, { feed }, params);
  return needed;
}
