import type { Diagnostic } from "@codemirror/lint";
import { isMetricExpr, parseLogQl } from "../../../../src-shared/logql/parser.ts";
import { printExpr } from "../../../../src-shared/logql/printer.ts";
import type { RowField } from "../details/row-fields.ts";

/** Whether the query gives numbers and not lines. A text that does not parse is taken for a log query: Loki says what is wrong. */
export function isMetricQuery(text: string): boolean {
  const parsed = parseLogQl(text);
  return parsed.ok && isMetricExpr(parsed.expr);
}

/** What is wrong with the query, with the place. An empty text is not wrong, only not yet there. */
export function diagnoseQuery(text: string): readonly Diagnostic[] {
  if (text.trim() === "") return [];
  const parsed = parseLogQl(text);
  if (parsed.ok) return [];
  const { from, to, text: message } = parsed.error;
  return [{ from: Math.min(from, text.length), to: Math.min(Math.max(to, from), text.length), severity: "error", message }];
}

/** The query in its usual form, or `null` when it does not parse. */
export function formatQuery(text: string): string | null {
  const parsed = parseLogQl(text);
  return parsed.ok ? printExpr(parsed.expr) : null;
}

/** The query narrowed to lines with this field (or without it). */
export function withFieldFilter(text: string, field: RowField, op: "=" | "!="): string | null {
  const matcher = `${field.name}${op}${JSON.stringify(field.value)}`;
  if (field.from !== "label") return `${text.trimEnd()} | ${matcher}`;
  return text.replace(/\}/, `, ${matcher}}`);
}

/** The query with a ready matcher (`app="payments"`) in its selector. */
export function withMatcherText(text: string, matcher: string): string | null {
  return text.replace(/\}/, `, ${matcher}}`);
}
