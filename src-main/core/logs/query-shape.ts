import { type Expr, isLogExpr, type LogExpr, type MetricExpr, type Selector } from "../../../src-shared/logql/ast.ts";
import { parseLogQl } from "../../../src-shared/logql/parser.ts";
import { PERL_FLAGS } from "../../../src-shared/logql/regex/re2-syntax.ts";
import { compileWhole } from "../../../src-shared/logql/regex/regex-test.ts";

/** What a query asks for, as far as its cost depends on it. */
export interface QueryShape {
  /** The log query it is, or the ones that its metric is made of. */
  readonly logs: readonly LogExpr[];
  readonly metric: boolean;
}

/** `null` for a query that cannot be parsed; whoever runs it says why. */
export function queryShape(query: string): QueryShape | null {
  const parsed = parseLogQl(query);
  if (!parsed.ok) return null;
  return { logs: logQueriesOf(parsed.expr), metric: !isLogExpr(parsed.expr) };
}

function logQueriesOf(expr: Expr): LogExpr[] {
  if (isLogExpr(expr)) return [expr];
  if (expr.kind === "variants") return [expr.range.log];
  return ofMetric(expr);
}

function ofMetric(expr: MetricExpr): LogExpr[] {
  switch (expr.kind) {
    case "rangeAggregation":
      return [expr.range.log];
    case "vectorAggregation":
    case "labelReplace":
      return ofMetric(expr.inner);
    case "binary":
      return [...ofMetric(expr.left), ...ofMetric(expr.right)];
    case "literal":
    case "vector":
      return [];
  }
}

/** The text of a part of a query. */
export function sourceText(query: string, part: { readonly from: number; readonly to: number }): string {
  return query.slice(part.from, part.to);
}

/**
 * Whether a selector leaves out next to nothing: each matcher takes any value that is there, as `app=~".+"` does, or takes
 * all but some, as `app!="x"` does.
 */
export function isCatchAll(selector: Selector): boolean {
  return selector.matchers.every(({ op, value }) => {
    if (op === "=") return value === "";
    if (op === "!=" || op === "!~") return true;
    return PROBES.every(compileWhole(value, { ...PERL_FLAGS, dotNl: true }));
  });
}

/** Values unlike each other: an expression that takes them all takes about anything. */
const PROBES = ["a", "Z9", "payments-api-7c9f", "10.0.0.1:9100", "中文", "/var/log/x y", "_"];
