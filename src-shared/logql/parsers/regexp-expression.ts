import { type CaptureRegex, compileCaptures } from "../regex/regex-captures.ts";
import { re2Error } from "../regex/re2-syntax.ts";

export type RegexpReading =
  | { readonly ok: true; readonly regex: CaptureRegex }
  | { readonly ok: false; readonly error: string };

/** The expression of the `regexp` parser; errors in Loki's words. */
export function readParserRegexp(expression: string): RegexpReading {
  const error = re2Error(expression);
  if (error !== null) return { ok: false, error };
  const regex = compileCaptures(expression);
  const names = regex.names.filter((name) => name !== "");
  if (names.length === 0) return { ok: false, error: "at least one named capture must be supplied" };
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined) return { ok: false, error: `duplicate extracted label name '${repeated}'` };
  return { ok: true, regex };
}
