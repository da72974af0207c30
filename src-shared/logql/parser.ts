import { type Expr, isLogExpr, type MetricExpr } from "./ast.ts";
import { type LogQlError, LogQlSyntaxError, parseErrorText } from "./logql-error.ts";
import { MAX_QUERY_BYTES } from "./syntax/lexer.ts";
import { parseToRoot } from "./syntax/parse-engine.ts";
import { validateExpr } from "./syntax/validate.ts";

export type LogQlParseResult =
  | { readonly ok: true; readonly expr: Expr }
  | { readonly ok: false; readonly error: LogQlError };

function parse(text: string): Expr {
  const bytes = new TextEncoder().encode(text).length;
  if (bytes >= MAX_QUERY_BYTES) {
    const message = `input size too long (${bytes} > ${MAX_QUERY_BYTES})`;
    throw new LogQlSyntaxError({ text: parseErrorText(message), line: 0, column: 0, from: 0, to: text.length });
  }
  // The root rule of the grammar builds an expression and nothing else.
  const expr = parseToRoot(text) as Expr;
  validateExpr(expr);
  return expr;
}

/** Reads a query, log or metric, as Loki 3.7.6 does; an error has Loki's text and the place. */
export function parseLogQl(text: string): LogQlParseResult {
  try {
    return { ok: true, expr: parse(text) };
  } catch (error) {
    if (error instanceof LogQlSyntaxError) return { ok: false, error: error.detail };
    throw error;
  }
}

/** Whether the query gives numbers. `false` for log queries and for `variants`, which Loki answers only when switched on. */
export function isMetricExpr(expr: Expr): expr is MetricExpr {
  return !isLogExpr(expr) && expr.kind !== "variants";
}
