import type { SourceRange } from "./syntax/source-range.ts";

/** Why a text is no LogQL, in Loki's words and with the place in the text. */
export interface LogQlError extends SourceRange {
  /** Loki's whole message, e.g. `parse error at line 1, col 14: syntax error: unexpected IDENTIFIER, expecting STRING`. */
  readonly text: string;
  /** From 1, in characters; 0 where Loki knows no place. */
  readonly line: number;
  readonly column: number;
}

/** Thrown inside the parser by what builds the tree; `parseLogQl` turns it into a `LogQlError`. */
export class LogQlSyntaxError extends Error {
  readonly detail: LogQlError;

  constructor(detail: LogQlError) {
    super(detail.text);
    this.name = "LogQlSyntaxError";
    this.detail = detail;
  }
}

/** The message of Loki's `ParseError`: it tells the place only when there is one. */
export function parseErrorText(message: string, line = 0, column = 0): string {
  return line === 0 && column === 0
    ? `parse error : ${message}`
    : `parse error at line ${line}, col ${column}: ${message}`;
}

/** An error of meaning, found while a tree is built: no line and column in Loki's text, but a range for the editor. */
export function meaningError(message: string, range: SourceRange): LogQlSyntaxError {
  return new LogQlSyntaxError({ text: parseErrorText(message), line: 0, column: 0, from: range.from, to: range.to });
}

/** As `meaningError`, in the form Loki has for a pipeline stage that is refused. */
export function stageError(stage: string, message: string, range: SourceRange): LogQlSyntaxError {
  return meaningError(`stage '${stage}' : ${message}`, range);
}

/** A query that parses and cannot be answered: the HTTP status and the text that Loki answers with. */
export class LogQlEvalError extends Error {
  readonly status: number;
  readonly text: string;

  constructor(status: number, text: string) {
    super(text);
    this.name = "LogQlEvalError";
    this.status = status;
    this.text = text;
  }
}
