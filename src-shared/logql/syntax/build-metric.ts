import type {
  BinaryOp,
  Expr,
  Grouping,
  LogRange,
  MetricExpr,
  RangeAggregation,
  RangeOp,
  VectorMatching,
  VectorOp,
} from "../ast.ts";
import { meaningError } from "../logql-error.ts";
import { compareOrCompute } from "../metric/binary-value.ts";
import { re2Error } from "../regex/re2-syntax.ts";
import { parseGoFloat } from "../text/go-number.ts";
import type { SourceRange } from "./source-range.ts";
import type { SignedNumber } from "./symbols.ts";

/** Range aggregations that take `by` or `without` themselves. */
const GROUPED_RANGE_OPS: ReadonlySet<RangeOp> = new Set([
  "avg_over_time",
  "stddev_over_time",
  "stdvar_over_time",
  "quantile_over_time",
  "max_over_time",
  "min_over_time",
  "first_over_time",
  "last_over_time",
]);

const UNWRAP_OPTIONAL: ReadonlySet<RangeOp> = new Set(["rate", "absent_over_time"]);
const UNWRAP_REFUSED: ReadonlySet<RangeOp> = new Set(["count_over_time", "bytes_over_time", "bytes_rate"]);

function numberOf(text: string, value: number | null, range: SourceRange): number {
  if (value !== null) return value;
  const quoted = JSON.stringify(text);
  throw meaningError(
    `unable to parse literal as a float: strconv.ParseFloat: parsing ${quoted}: invalid syntax`,
    range,
  );
}

/** A literal of a metric query; hexadecimal ones need an exponent, as for Go's `ParseFloat`. */
export function literalValue(literal: SignedNumber, range: SourceRange): number {
  return literal.sign * numberOf(literal.text, parseGoFloat(literal.text), range);
}

/** A literal in a label filter; one that is no number, such as `0x10`, counts as 0 there. */
export function filterNumber({ text, sign }: SignedNumber): number {
  return sign * (parseGoFloat(text) ?? 0);
}

export function rangeAggregation(
  op: RangeOp,
  paramText: string | null,
  range: LogRange,
  grouping: Grouping | null,
  span: SourceRange,
): RangeAggregation {
  const isQuantile = op === "quantile_over_time";
  let param: number | null = null;
  if (paramText === null) {
    if (isQuantile) throw meaningError(`parameter required for operation ${op}`, span);
  } else {
    if (!isQuantile) throw meaningError(`parameter ${paramText} not supported for operation ${op}`, span);
    param = parseGoFloat(paramText);
    if (param === null)
      throw meaningError(
        `invalid parameter for operation ${op}: strconv.ParseFloat: parsing ${JSON.stringify(paramText)}: invalid syntax`,
        span,
      );
  }
  if (grouping !== null && !GROUPED_RANGE_OPS.has(op)) {
    throw meaningError(`grouping not allowed for ${op} aggregation`, grouping);
  }
  if (range.unwrap !== null && UNWRAP_REFUSED.has(op)) {
    throw meaningError(`invalid aggregation ${op} with unwrap`, range.unwrap);
  }
  if (range.unwrap === null && !UNWRAP_REFUSED.has(op) && !UNWRAP_OPTIONAL.has(op)) {
    throw meaningError(`invalid aggregation ${op} without unwrap`, span);
  }
  return { kind: "rangeAggregation", op, param, range, grouping, ...span };
}

export function vectorAggregation(
  op: VectorOp,
  paramText: string | null,
  inner: MetricExpr,
  grouping: Grouping | null,
  span: SourceRange,
): MetricExpr {
  let param = 0;
  if (op === "topk" || op === "bottomk" || op === "approx_topk") {
    if (paramText === null) throw meaningError(`parameter required for operation ${op}`, span);
    if (!/^[-+]?\d+$/.test(paramText)) throw meaningError(`invalid parameter ${op}(${paramText},`, span);
    param = Number(paramText);
    if (param <= 0) throw meaningError(`invalid parameter (must be greater than 0) ${op}(${paramText}`, span);
    if (op === "approx_topk" && grouping !== null) {
      throw meaningError(`grouping not allowed for ${op} aggregation`, grouping);
    }
  } else if (paramText !== null) {
    throw meaningError(`unsupported parameter for operation ${op}(${paramText},`, span);
  }
  return { kind: "vectorAggregation", op, param, inner, grouping, ...span };
}

function goTypeOf(expr: Expr): string {
  if (expr.kind === "variants") return "*syntax.MultiVariantExpr";
  return expr.kind === "log" && expr.stages.length === 0 ? "*syntax.MatchersExpr" : "*syntax.PipelineExpr";
}

function metricLeg(expr: Expr, side: "left" | "right", op: BinaryOp): MetricExpr {
  if (expr.kind === "log" || expr.kind === "variants") {
    throw meaningError(`unexpected type for ${side} leg of binary operation (${op}): ${goTypeOf(expr)}`, expr);
  }
  return expr;
}

function refuseLiteral(expr: MetricExpr, side: "left" | "right", op: BinaryOp): void {
  if (expr.kind !== "literal") return;
  throw meaningError(
    `unexpected literal for ${side} leg of logical/set binary operation (${op}): ${expr.value.toFixed(6)}`,
    expr,
  );
}

export function binaryExpr(
  op: BinaryOp,
  modifier: { readonly bool: boolean; readonly matching: VectorMatching | null },
  leftExpr: Expr,
  rightExpr: Expr,
  span: SourceRange,
): MetricExpr {
  const left = metricLeg(leftExpr, "left", op);
  const right = metricLeg(rightExpr, "right", op);
  if (op === "or" || op === "and" || op === "unless") {
    refuseLiteral(left, "left", op);
    refuseLiteral(right, "right", op);
  } else if (left.kind === "literal" && right.kind === "literal") {
    return { kind: "literal", value: compareOrCompute(op, left.value, right.value), ...span };
  }
  return { kind: "binary", op, left, right, ...modifier, ...span };
}

interface TextPart extends SourceRange {
  readonly text: string;
}

export function labelReplaceExpr(
  inner: MetricExpr,
  destination: TextPart,
  replacement: TextPart,
  source: TextPart,
  expression: TextPart,
  span: SourceRange,
): MetricExpr {
  const error = re2Error(`^(?:${expression.text})$`);
  if (error !== null) throw meaningError(`invalid regex in label_replace: ${error}`, expression);
  return {
    kind: "labelReplace",
    inner,
    destination: destination.text,
    replacement: replacement.text,
    source: source.text,
    expression: expression.text,
    ...span,
  };
}
