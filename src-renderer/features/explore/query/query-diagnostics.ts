import type { Diagnostic } from "@codemirror/lint";
import type { WireError } from "../../../../src-shared/errors/wire-error.ts";

/** An error of Loki's with a place, about one text. */
export interface QueryFailure {
  readonly query: string;
  readonly text: string;
  readonly line: number;
  readonly column: number;
}

/** The failure of a run as one of its query, when Loki's complaint is about the query's text. */
export function queryFailure(query: string, error: WireError | null | undefined): QueryFailure | null {
  if (error?.code !== "loki.query-invalid") return null;
  const { text, line, column } = error.params;
  return { query, text: String(text ?? ""), line: Number(line ?? 0), column: Number(column ?? 0) };
}

/** The mark for Loki's complaint: from its line and column to the end of the word there; the whole text where it names no place. */
export function failureDiagnostic(failure: QueryFailure): Diagnostic {
  const { query, line, column } = failure;
  if (line < 1) return { from: 0, to: query.length, severity: "error", message: failure.text };
  const lines = query.split("\n");
  const before = Math.min(
    query.length,
    lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0),
  );
  const length = lines[line - 1]?.length ?? 0;
  const from = Math.min(query.length, before + Math.min(length, Math.max(0, column - 1)));
  const word = /^[\w$.]+|^./.exec(query.slice(from, before + length))?.[0].length ?? 0;
  // At the end of a line there is no word: the last character is marked.
  const start = word === 0 ? Math.max(before, from - 1) : from;
  return { from: start, to: Math.max(start, from + word), severity: "error", message: failure.text };
}
