import type { Expr, LogExpr } from "../../../src-shared/logql/ast.ts";
import { parseLogQl } from "../../../src-shared/logql/parser.ts";
import { HttpProblem } from "../http/reply.ts";

/** A query, or Loki's 400 with its parse error. */
export function parseQuery(text: string): Expr {
  const parsed = parseLogQl(text);
  if (!parsed.ok) throw new HttpProblem(400, parsed.error.text);
  return parsed.expr;
}

/** As `parseQuery`, for routes that take a stream selector and nothing behind it. */
export function parseSelector(text: string): LogExpr {
  const expr = parseQuery(text);
  if (expr.kind !== "log" || expr.stages.length > 0) throw new HttpProblem(400, "only label matchers are supported");
  return expr;
}
