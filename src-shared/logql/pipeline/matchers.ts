import type { Matcher } from "../ast.ts";
import { PERL_FLAGS } from "../regex/re2-syntax.ts";
import { compileWhole, type TextTest } from "../regex/regex-test.ts";

const DOT_ALL = { ...PERL_FLAGS, dotNl: true };

/** A stream matcher as a test of the label's value; a missing label has the value "". `.` matches line breaks too. */
export function compileMatcher({ op, value }: Matcher): TextTest {
  switch (op) {
    case "=":
      return (text) => text === value;
    case "!=":
      return (text) => text !== value;
    case "=~":
      return compileWhole(value, DOT_ALL);
    case "!~": {
      const test = compileWhole(value, DOT_ALL);
      return (text) => !test(text);
    }
  }
}

/** Whether a matcher is satisfied by a stream that lacks the label. */
export function canMatchEmpty(matcher: Matcher): boolean {
  return compileMatcher(matcher)("");
}

/** A selector as a test of a stream's labels. */
export function compileSelector(matchers: readonly Matcher[]): (labels: Readonly<Record<string, string>>) => boolean {
  const tests = matchers.map((matcher) => ({ name: matcher.name, test: compileMatcher(matcher) }));
  return (labels) => tests.every(({ name, test }) => test(labels[name] ?? ""));
}
