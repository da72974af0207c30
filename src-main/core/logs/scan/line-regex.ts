import { AppError } from "../../../../src-shared/errors/app-error.ts";
import { parseRe2, PERL_FLAGS, re2Error } from "../../../../src-shared/logql/regex/re2-syntax.ts";
import { compileSearch } from "../../../../src-shared/logql/regex/regex-test.ts";
import { requiredLiteral, type RequiredLiteral } from "../../../../src-shared/logql/regex/required-literal.ts";

/** A regular expression over one line's text, with RE2's meaning. */
export interface LineRegex {
  readonly test: (line: string) => boolean;
  readonly required: RequiredLiteral | null;
}

/** Whether it is an expression at all. @throws `logs.pattern-invalid` with Go's own sentence. */
export function checkLineRegex(pattern: string): void {
  const problem = re2Error(pattern);
  if (problem !== null) throw new AppError("logs.pattern-invalid", { problem });
}

/** @throws `logs.pattern-invalid` */
export function compileLineRegex(pattern: string, caseSensitive: boolean): LineRegex {
  checkLineRegex(pattern);
  const expression = caseSensitive ? pattern : `(?i:${pattern})`;
  const required = requiredLiteral(parseRe2(expression, PERL_FLAGS));
  return { test: compileSearch(expression), required };
}
