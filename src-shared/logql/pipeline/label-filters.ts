import type { CompareOp, LabelFilter, Matcher } from "../ast.ts";
import { compares } from "../metric/binary-value.ts";
import { lineHasIp, parseIpPattern } from "../parsers/ip-pattern.ts";
import { compileLabelRegex, type TextTest } from "../regex/regex-test.ts";
import { formatByteSize, parseByteSize } from "../text/byte-size.ts";
import { parseGoDuration } from "../text/go-duration.ts";
import { isOutOfRange, parseGoFloat } from "../text/go-number.ts";
import { quoteGo } from "../text/go-quote.ts";
import { ERROR_DETAILS_LABEL, ERROR_LABEL, type LabelsBuilder } from "./labels-builder.ts";
import type { PipelineOptions } from "./line-state.ts";
import { lokiLabelRegex } from "./loki-376-bugs.ts";

/** A label filter as a test of a line's labels. It may set `__error__` and then lets the line pass. */
export type LabelTest = (labels: LabelsBuilder) => boolean;

type Compat = Pick<PipelineOptions, "compat">;

const FILTER_ERROR = "LabelFilterErr";

/** A string matcher in a pipeline; unlike in a selector, `.` does not match a line break. */
export function compileValueTest({ op, value }: Matcher, { compat }: Compat): TextTest {
  if (op === "=") return (text) => text === value;
  if (op === "!=") return (text) => text !== value;
  const special = compat === "loki" ? lokiLabelRegex(value) : null;
  const test = special ?? compileLabelRegex(value);
  return op === "=~" ? test : (text) => !test(text);
}

function compileString(matcher: Matcher, options: Compat): LabelTest {
  const test = compileValueTest(matcher, options);
  const { name } = matcher;
  if (name === ERROR_LABEL) return (labels) => test(labels.error);
  if (name === ERROR_DETAILS_LABEL && options.compat === "documented") return (labels) => test(labels.errorDetails);
  return (labels) => test(labels.get(name) ?? "");
}

type Reading<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: string };

/** A missing label drops the line, an unreadable value marks it, unless it is marked, and lets it pass. */
function compileMeasured<T>(
  name: string,
  read: (text: string) => Reading<T>,
  decide: (value: T) => boolean,
): LabelTest {
  return (labels) => {
    const text = labels.get(name);
    if (text === undefined) return false;
    const reading = read(text);
    if (reading.ok) return decide(reading.value);
    if (labels.error === "") labels.setError(FILTER_ERROR, reading.error);
    return true;
  };
}

/** A number as Go's `ParseFloat` reads a label, with its error. */
export function readNumber(text: string): Reading<number> {
  const value = parseGoFloat(text);
  if (value === null) return { ok: false, error: `strconv.ParseFloat: parsing ${quoteGo(text)}: invalid syntax` };
  if (isOutOfRange(text, value)) {
    return { ok: false, error: `strconv.ParseFloat: parsing ${quoteGo(text)}: value out of range` };
  }
  return { ok: true, value };
}

function readDuration(text: string): Reading<bigint> {
  const reading = parseGoDuration(text);
  return reading.ok ? { ok: true, value: reading.ns } : reading;
}

function readBytes(text: string): Reading<number> {
  const reading = parseByteSize(text);
  return reading.ok ? { ok: true, value: reading.bytes } : reading;
}

/**
 * A size in a query as Loki sees it in the end: its frontend sends queries on as text, and prints sizes in decimal units with
 * two digits, so `1KiB` arrives as `1.0kB`, which is 1000 bytes.
 */
function printedBytes(bytes: number): number {
  const reading = parseByteSize(formatByteSize(bytes).replace(" ", ""));
  return reading.ok ? reading.bytes : bytes;
}

function compileDuration(name: string, op: CompareOp, ns: bigint): LabelTest {
  return compileMeasured(name, readDuration, (value) => {
    const order = value < ns ? -1 : value > ns ? 1 : 0;
    return compares(op, order, 0);
  });
}

function compileIp(name: string, op: "=" | "!=", patternText: string): LabelTest {
  const pattern = parseIpPattern(patternText);
  return (labels) => {
    const text = labels.get(name);
    if (text === undefined || pattern === null) return false;
    return lineHasIp(pattern, text) === (op === "=");
  };
}

export function compileLabelFilter(filter: LabelFilter, options: Compat): LabelTest {
  switch (filter.kind) {
    case "string":
      return compileString(filter.matcher, options);
    case "number":
      return compileMeasured(filter.name, readNumber, (value) => compares(filter.op, value, filter.value));
    case "duration":
      return compileDuration(filter.name, filter.op, filter.ns);
    case "bytes": {
      const bytes = printedBytes(filter.bytes);
      return compileMeasured(filter.name, readBytes, (value) => compares(filter.op, value, bytes));
    }
    case "ip":
      return compileIp(filter.name, filter.op, filter.pattern);
    case "and": {
      const left = compileLabelFilter(filter.left, options);
      const right = compileLabelFilter(filter.right, options);
      return (labels) => left(labels) && right(labels);
    }
    case "or": {
      const left = compileLabelFilter(filter.left, options);
      const right = compileLabelFilter(filter.right, options);
      return (labels) => left(labels) || right(labels);
    }
  }
}

/** The labels a filter looks at. */
export function filterLabelNames(filter: LabelFilter): readonly string[] {
  if (filter.kind === "string") return [filter.matcher.name];
  if ("name" in filter) return [filter.name];
  return [...filterLabelNames(filter.left), ...filterLabelNames(filter.right)];
}
