import type { Matcher } from "../ast.ts";
import { meaningError } from "../logql-error.ts";
import { readParserPattern } from "../parsers/pattern-expression.ts";
import { readParserRegexp } from "../parsers/regexp-expression.ts";
import { re2Error } from "../regex/re2-syntax.ts";
import type { SourceRange } from "./source-range.ts";

/** Throws when a matcher's regular expression does not compile; `valueRange` is where it stands. */
export function checkMatcher(matcher: Matcher, valueRange: SourceRange): void {
  if (matcher.op !== "=~" && matcher.op !== "!~") return;
  const error = re2Error(matcher.value);
  if (error !== null) throw meaningError(error, valueRange);
}

/** Throws when the expression of the `regexp` parser is none. */
export function checkRegexpParser(expression: string, range: SourceRange): void {
  const reading = readParserRegexp(expression);
  if (!reading.ok) throw meaningError(`invalid regexp parser: ${reading.error}`, range);
}

/** Throws when the expression of the `pattern` parser is none. */
export function checkPatternParser(expression: string, range: SourceRange): void {
  const reading = readParserPattern(expression);
  if (!reading.ok) throw meaningError(`invalid pattern parser: ${reading.error}`, range);
}
