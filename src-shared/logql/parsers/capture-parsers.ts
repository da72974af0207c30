import { type LabelsBuilder, PARSED_LABEL } from "../pipeline/labels-builder.ts";
import type { StageRunner } from "../pipeline/line-state.ts";
import { parsersIdle, passesEarly } from "../pipeline/parser-hints.ts";
import { labelName, withoutInvalid } from "./label-name.ts";
import { type PatternPart, readParserPattern } from "./pattern-expression.ts";
import { readParserRegexp } from "./regexp-expression.ts";

/** Gives a capture to the labels; `false` when the line is lost by it. */
function give(labels: LabelsBuilder, plain: string, value: string): boolean {
  const name = labels.claim(plain);
  if (name === null) return true;
  labels.set(PARSED_LABEL, name, withoutInvalid(value));
  return passesEarly(labels, name);
}

/** `| regexp "…"`: the named captures of the first match. */
export function compileRegexp(expression: string): StageRunner {
  const reading = readParserRegexp(expression);
  if (!reading.ok) throw new RangeError(reading.error);
  const { regex } = reading;
  const captures = regex.names.flatMap((name, index) =>
    name === "" ? [] : [{ name: labelName(name, true), at: index + 1 }],
  );
  return ({ line, labels }) => {
    if (parsersIdle(labels)) return true;
    const match = regex.exec(line);
    if (match === null) return true;
    for (const { name, at } of captures) if (!give(labels, name, match[at] ?? "")) return false;
    return true;
  };
}

/** The captures of a pattern in a line: as many as were found, the last one up to the end when its literal is missing. */
function patternCaptures(
  parts: readonly PatternPart[],
  line: string,
  visit: (name: string, value: string) => boolean,
): boolean {
  let at = 0;
  let from = 0;
  const [first] = parts;
  if (first?.kind === "literal") {
    if (!line.startsWith(first.text)) return true;
    at = first.text.length;
    from = 1;
  }
  for (let index = from; index < parts.length; index += 2) {
    const capture = parts[index];
    const literal = parts[index + 1];
    if (capture?.kind !== "capture") return true;
    const found = literal?.kind === "literal" ? line.indexOf(literal.text, at) : -1;
    const end = found < 0 ? line.length : found;
    if (capture.name !== "" && !visit(capture.name, line.slice(at, end))) return false;
    if (found < 0 || literal?.kind !== "literal") return true;
    at = found + literal.text.length;
  }
  return true;
}

/** `| pattern "<ip> - <user> …"` */
export function compilePattern(expression: string): StageRunner {
  const reading = readParserPattern(expression);
  if (!reading.ok) throw new RangeError(reading.error);
  const { parts } = reading;
  return ({ line, labels }) => {
    if (line === "" || parsersIdle(labels)) return true;
    return patternCaptures(parts, line, (name, value) => give(labels, name, value));
  };
}
