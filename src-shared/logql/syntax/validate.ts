import type { Expr, LogExpr, Selector } from "../ast.ts";
import { meaningError } from "../logql-error.ts";
import { canMatchEmpty } from "../pipeline/matchers.ts";
import { checkStages } from "./check-stages.ts";

const EMPTY_COMPATIBLE =
  "queries require at least one regexp or equality matcher that does not have an empty-compatible value. " +
  'For instance, app=~".*" does not meet this requirement, but app=~".+" will';

function validateSelector(selector: Selector): void {
  if (selector.matchers.every(canMatchEmpty)) throw meaningError(EMPTY_COMPATIBLE, selector);
}

function validateLog(log: LogExpr): void {
  validateSelector(log.selector);
  checkStages(log.stages);
}

/** Checks what the grammar cannot: throws `LogQlSyntaxError` for what Loki refuses after parsing. */
export function validateExpr(expr: Expr): void {
  switch (expr.kind) {
    case "log":
      return validateLog(expr);
    case "rangeAggregation":
      return validateLog(expr.range.log);
    case "vectorAggregation":
      if (expr.grouping !== null && (expr.op === "sort" || expr.op === "sort_desc")) {
        throw meaningError("sort and sort_desc doesn't allow grouping by ", expr.grouping);
      }
      return validateExpr(expr.inner);
    case "binary":
      validateExpr(expr.left);
      return validateExpr(expr.right);
    case "labelReplace":
      return validateExpr(expr.inner);
    case "literal":
    case "vector":
      return;
    case "variants":
      validateLog(expr.range.log);
      for (const variant of expr.variants) validateExpr(variant);
  }
}
