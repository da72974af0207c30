import type { Diagnostic } from "@codemirror/lint";
import { diagnoseLogQl, type LogQlDiagnostic } from "../../../../src-shared/logql/editor/diagnose.ts";
import { withLabelFilter, withMatcher } from "../../../../src-shared/logql/editor/edit-query.ts";
import { formatLogQl } from "../../../../src-shared/logql/formatter.ts";
import { parseLogQl } from "../../../../src-shared/logql/parser.ts";
import { selectorsOf } from "../../../../src-shared/logql/ast.ts";
import type { Translate } from "../../../hooks/use-translate.ts";
import type { RowField } from "../details/row-fields.ts";

/** The marks of the editor for what is wrong or doubtful in a query. Loki's own words where it would refuse. */
export function diagnoseQuery(text: string, t: Translate): readonly Diagnostic[] {
  return diagnoseLogQl(text).map((found) => ({
    from: found.from,
    to: found.to,
    severity: found.severity,
    message: diagnosticText(found, t),
  }));
}

function diagnosticText({ severity, code, params, text }: LogQlDiagnostic, t: Translate): string {
  if (severity === "warning") return t.dynamic(`explore.diagnostic.${code}`, params);
  return code === "syntax" ? text : `${t.dynamic(`explore.diagnostic.${code}`, params)}\n${text}`;
}

/** The query in its usual form, or `null` when it does not parse. */
export function formatQuery(text: string): string | null {
  const parsed = parseLogQl(text);
  return parsed.ok ? formatLogQl(parsed.expr) : null;
}

/**
 * The query narrowed to lines with this field, or without it: a stream's label becomes a matcher, everything else a filter
 * behind the pipeline. `null` where the query or the name does not allow it.
 */
export function withFieldFilter(text: string, field: RowField, op: "=" | "!="): string | null {
  return field.from === "label"
    ? withMatcher(text, field.name, op, field.value)
    : withLabelFilter(text, field.name, op, field.value);
}

/** The query with a ready matcher (`app="payments"`) in its selector, as the core suggests them. */
export function withMatcherText(text: string, matcher: string): string | null {
  const parsed = parseLogQl(`{${matcher}}`);
  const [selector] = parsed.ok ? selectorsOf(parsed.expr) : [];
  return (selector?.matchers ?? []).reduce<string | null>(
    (query, { name, op, value }) => (query === null ? null : withMatcher(query, name, op, value)),
    selector === undefined ? null : text,
  );
}
