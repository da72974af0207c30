import type {
  BinaryExpr,
  Grouping,
  LabelReplaceExpr,
  MetricExpr,
  RangeAggregation,
  Stage,
  VectorAggregation,
} from "../ast.ts";
import { LogQlEvalError } from "../logql-error.ts";
import { expandTemplate } from "../regex/expand.ts";
import { compileCaptures } from "../regex/regex-captures.ts";
import { aggregateVector } from "./vector-aggregation.ts";
import { combineSets, matchVectors, withScalar } from "./binary.ts";
import { compareOrCompute } from "./binary-value.ts";
import type { EvalContext } from "./eval-context.ts";
import { LITERAL_NOT_FINITE } from "./loki-376-metric-bugs.ts";
import { evaluateRange } from "./range-aggregation.ts";
import { labelsKey, emptySeries, type Series, setPoint, withLabel } from "./series.ts";

/** A number at all steps, or series. */
export type Evaluated =
  | { readonly kind: "scalar"; readonly value: number }
  | { readonly kind: "vector"; readonly series: readonly Series[] };

const SUMMABLE: ReadonlySet<string> = new Set([
  "count_over_time",
  "rate",
  "bytes_over_time",
  "bytes_rate",
  "sum_over_time",
]);

const NO_LABELS: Grouping = { labels: [], without: false, from: 0, to: 0 };

function constant(value: number, context: EvalContext): Series {
  const series = emptySeries({}, context.grid.count);
  for (let step = 0; step < context.grid.count; step++) setPoint(series, step, value);
  return series;
}

/** Series of anything; a number is one series without labels. */
function seriesOf(expr: MetricExpr, context: EvalContext): readonly Series[] {
  const result = evaluate(expr, context);
  return result.kind === "vector" ? result.series : [constant(result.value, context)];
}

function reducesLabels(stage: Stage): boolean {
  if (stage.kind === "labelFormat") return stage.formats.some(({ rename }) => rename);
  return stage.kind === "drop" || stage.kind === "keep";
}

/**
 * Loki's query frontend computes an average over time whose labels are reduced as a sum over a count, and the count does
 * not see the `unwrap`: a line without the label counts, and so does one that a filter behind `unwrap` would have dropped.
 */
function evaluateAverage(expr: RangeAggregation, grouping: Grouping, context: EvalContext): readonly Series[] {
  const { range } = expr;
  const sumExpr: RangeAggregation = { ...expr, op: "sum_over_time", grouping: null };
  const countExpr: RangeAggregation = {
    ...expr,
    op: "count_over_time",
    grouping: null,
    range: { ...range, unwrap: null },
  };
  const countGrouping =
    grouping.without && range.unwrap !== null
      ? { ...grouping, labels: [...grouping.labels, range.unwrap.label] }
      : grouping;
  const total = (inner: RangeAggregation, by: Grouping): MetricExpr => ({
    kind: "vectorAggregation",
    op: "sum",
    param: 0,
    inner,
    grouping: by,
    from: expr.from,
    to: expr.to,
  });
  const left = seriesOf(total(sumExpr, grouping), context);
  const right = seriesOf(total(countExpr, countGrouping), context);
  const quotient: BinaryExpr = {
    kind: "binary",
    op: "/",
    left: sumExpr,
    right: countExpr,
    bool: false,
    matching: null,
    from: expr.from,
    to: expr.to,
  };
  return matchVectors(quotient, "/", left, right, context.grid.count, context.options.compat);
}

function evaluateRangeExpr(expr: RangeAggregation, pushed: Grouping | null, context: EvalContext): readonly Series[] {
  if (expr.op === "avg_over_time") {
    const { grouping } = expr;
    const isGrouped = grouping !== null && !(grouping.without && grouping.labels.length === 0);
    if (isGrouped || expr.range.log.stages.some(reducesLabels)) {
      return evaluateAverage(expr, grouping ?? { ...NO_LABELS, without: true }, context);
    }
  }
  return evaluateRange(expr, pushed, context);
}

function evaluateVector(expr: VectorAggregation, context: EvalContext): readonly Series[] {
  const { inner } = expr;
  const pushes =
    expr.op === "sum" && inner.kind === "rangeAggregation" && inner.grouping === null && SUMMABLE.has(inner.op);
  const series = pushes ? evaluateRangeExpr(inner, expr.grouping ?? NO_LABELS, context) : seriesOf(inner, context);
  return aggregateVector(expr, series, context.grid.count);
}

function evaluateBinary(expr: BinaryExpr, context: EvalContext): Evaluated {
  const { op } = expr;
  const left = evaluate(expr.left, context);
  const right = evaluate(expr.right, context);
  if (op === "and" || op === "or" || op === "unless") {
    const asSeries = (side: Evaluated): readonly Series[] =>
      side.kind === "vector" ? side.series : [constant(side.value, context)];
    return { kind: "vector", series: combineSets(expr, asSeries(left), asSeries(right), context.grid.count) };
  }
  if (left.kind === "scalar" && right.kind === "scalar") {
    return { kind: "scalar", value: compareOrCompute(op, left.value, right.value) };
  }
  if (left.kind === "vector" && right.kind === "vector") {
    const series = matchVectors(expr, op, left.series, right.series, context.grid.count, context.options.compat);
    return { kind: "vector", series };
  }
  const series =
    left.kind === "scalar"
      ? withScalar(expr, op, right.kind === "vector" ? right.series : [], left.value, true)
      : withScalar(expr, op, left.series, right.kind === "scalar" ? right.value : 0, false);
  return { kind: "vector", series };
}

function byLabels(left: Series, right: Series): number {
  const [a, b] = [labelsKey(left.labels), labelsKey(right.labels)];
  return a < b ? -1 : a > b ? 1 : 0;
}

function replaceLabel(expr: LabelReplaceExpr, series: readonly Series[]): readonly Series[] {
  const regex = compileCaptures(`^(?:${expr.expression})$`);
  // Series that become one have all their points in the answer, in the order that the series had by their labels.
  return series.toSorted(byLabels).map((member) => {
    const match = regex.exec(member.labels[expr.source] ?? "");
    if (match === null) return member;
    const value = expandTemplate(expr.replacement, match, regex.names);
    return { ...member, labels: withLabel(member.labels, expr.destination, value) };
  });
}

/** Evaluates a metric expression at every step of the grid. Throws `LogQlEvalError`. */
export function evaluate(expr: MetricExpr, context: EvalContext): Evaluated {
  switch (expr.kind) {
    case "literal":
      if (!Number.isFinite(expr.value) && context.options.compat === "loki") {
        throw new LogQlEvalError(LITERAL_NOT_FINITE.status, LITERAL_NOT_FINITE.text);
      }
      return { kind: "scalar", value: expr.value };
    case "vector":
      // Loki sends it on as text with six decimals.
      return { kind: "vector", series: [constant(Number(expr.value.toFixed(6)), context)] };
    case "rangeAggregation":
      return { kind: "vector", series: evaluateRangeExpr(expr, null, context) };
    case "vectorAggregation":
      return { kind: "vector", series: evaluateVector(expr, context) };
    case "labelReplace":
      return { kind: "vector", series: replaceLabel(expr, seriesOf(expr.inner, context)) };
    case "binary":
      return evaluateBinary(expr, context);
  }
}
