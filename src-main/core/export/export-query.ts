import { AppError } from "../../../src-shared/errors/app-error.ts";
import { isLogExpr } from "../../../src-shared/logql/ast.ts";
import { parseLogQl } from "../../../src-shared/logql/parser.ts";

export interface ExportQuery {
  /** `{app="payments"}`: what the index is asked about. */
  readonly selector: string;
  /** Whether lines may be left out or changed behind the selector. */
  readonly filtered: boolean;
}

/** @throws `loki.query-invalid` with Loki's own words; `export.metric-query` for a query that gives numbers */
export function exportQuery(query: string): ExportQuery {
  const parsed = parseLogQl(query);
  if (!parsed.ok) {
    const { text, line, column } = parsed.error;
    throw new AppError("loki.query-invalid", { text, line, column });
  }
  if (!isLogExpr(parsed.expr)) throw new AppError("export.metric-query", {});
  const { selector, stages } = parsed.expr;
  return { selector: query.slice(selector.from, selector.to), filtered: stages.length > 0 };
}
