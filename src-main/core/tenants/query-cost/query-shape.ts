import { parseLogQl } from "../../../../src-shared/logql/parser.ts";
import { printExpr } from "../../../../src-shared/logql/printer.ts";
import { MAX_COST_QUERY_CHARS, MAX_SHAPE_CHARS } from "../../../../src-shared/model/tenants/query-cost.ts";
import { withoutLiterals } from "./shape-literals.ts";

/** `5`, `1.5e3`, `10MB`, `1h30m`, but no digits of a name. */
const NUMBER = /(?<![\w.])\d[\w.]*(?:(?<=[eE])[-+]\d+)?/g;
/** A text in quotes; one that was cut off goes to the end. */
const QUOTED = /"(?:[^"\\]|\\.)*(?:"|\\?$)|`[^`]*(?:`|$)/gs;

/**
 * The query with its literals replaced, so that queries which differ in values alone count as one:
 * `{app="cart"} |= "timeout" | status >= 500` is `{app="?"} |= "?" | status>=?`. Names, operators and stages stay; matchers
 * are sorted; intervals, offsets and numbers become `?`. What does not parse, or is very long, has its quoted texts and
 * numbers replaced where they stand. At most `MAX_SHAPE_CHARS`.
 */
export function queryShape(query: string): string {
  if (query.trim() === "") return "";
  // The parser's time grows with the text, and nobody reads a shape that long.
  if (query.length > MAX_COST_QUERY_CHARS) return roughShape(query.slice(0, MAX_COST_QUERY_CHARS));
  const parsed = parseLogQl(query);
  if (!parsed.ok) return roughShape(query);
  return bounded(withoutNumbers(printExpr(withoutLiterals(parsed.expr))));
}

function roughShape(query: string): string {
  return bounded(withoutNumbers(query.replace(QUOTED, '"?"')).replace(/\s+/g, " ").trim());
}

function withoutNumbers(text: string): string {
  return text
    .replace(/\[[^\]]*\]/g, "[?]")
    .replace(/\boffset\s+-?[\w.]+/g, "offset ?")
    .replace(NUMBER, "?");
}

function bounded(text: string): string {
  return text.length <= MAX_SHAPE_CHARS ? text : `${text.slice(0, MAX_SHAPE_CHARS - 1)}…`;
}
