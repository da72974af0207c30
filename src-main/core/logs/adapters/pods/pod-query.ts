import { AppError } from "../../../../../src-shared/errors/app-error.ts";
import { isLogExpr, type LogExpr } from "../../../../../src-shared/logql/ast.ts";
import { parseLogQl } from "../../../../../src-shared/logql/parser.ts";

/** The query as a log query. Throws `loki.query-invalid` with the place, and `logs.unsupported` for a metric query. */
export function parsePodQuery(text: string): LogExpr {
  const parsed = parseLogQl(text);
  if (!parsed.ok) {
    const { text: message, line, column } = parsed.error;
    throw new AppError("loki.query-invalid", { text: message, line, column });
  }
  if (!isLogExpr(parsed.expr)) throw new AppError("logs.unsupported", { capability: "metricQueries" });
  return parsed.expr;
}
