import { AppError } from "../../../../src-shared/errors/app-error.ts";
import {
  type Expr,
  isLogExpr,
  type LogExpr,
  type MetricExpr,
  type Selector,
  type VectorAggregation,
} from "../../../../src-shared/logql/ast.ts";
import { LogQlEvalError } from "../../../../src-shared/logql/logql-error.ts";
import { parseLogQl } from "../../../../src-shared/logql/parser.ts";

/** @throws `loki.query-invalid` with the place */
export function parseExpr(text: string): Expr {
  const parsed = parseLogQl(text);
  if (parsed.ok) return parsed.expr;
  const { text: message, line, column } = parsed.error;
  throw new AppError("loki.query-invalid", { text: message, line, column });
}

/** @throws `loki.query-invalid` for what is no log query */
export function parseLogExpr(text: string): LogExpr {
  const expr = parseExpr(text);
  if (!isLogExpr(expr)) throw invalid("not a log query");
  return expr;
}

/** @throws `loki.query-invalid` for what is no metric query */
export function parseMetricExpr(text: string): MetricExpr {
  const expr = parseExpr(text);
  if (isLogExpr(expr) || expr.kind === "variants") throw invalid("not a metric query");
  return expr;
}

/** The selector of a query's text, which may have a pipeline behind it. */
export function parseSelector(text: string): Selector {
  return parseLogExpr(text).selector;
}

function invalid(text: string): AppError {
  return new AppError("loki.query-invalid", { text, line: 0, column: 0 });
}

/** What the evaluator refuses, as the error of a source. */
export function asSourceError(error: unknown): unknown {
  return error instanceof LogQlEvalError ? invalid(error.text) : error;
}

/** `sum by (label) (bytes_over_time({…}[step] offset 1ns))`: a bucket holds its beginning and not its end. */
export function bytesByLabel(selector: Selector, label: string, stepNs: bigint): VectorAggregation {
  const place = { from: selector.from, to: selector.to };
  return {
    kind: "vectorAggregation",
    op: "sum",
    param: 0,
    grouping: { labels: [label], without: false, ...place },
    inner: {
      kind: "rangeAggregation",
      op: "bytes_over_time",
      param: null,
      grouping: null,
      range: {
        log: { kind: "log", selector, stages: [], ...place },
        unwrap: null,
        intervalNs: stepNs,
        offsetNs: 1n,
        ...place,
      },
      ...place,
    },
    ...place,
  };
}
