import type { Expr, LogExpr } from "../ast.ts";

/** The log expressions in a query, in their order in the text. */
export function logExprsOf(expr: Expr): readonly LogExpr[] {
  switch (expr.kind) {
    case "log":
      return [expr];
    case "rangeAggregation":
      return [expr.range.log];
    case "vectorAggregation":
    case "labelReplace":
      return logExprsOf(expr.inner);
    case "binary":
      return [...logExprsOf(expr.left), ...logExprsOf(expr.right)];
    case "variants":
      return [...expr.variants.flatMap(logExprsOf), expr.range.log];
    case "literal":
    case "vector":
      return [];
  }
}
