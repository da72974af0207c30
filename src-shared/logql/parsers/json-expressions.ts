import type { LabelExtraction } from "../ast.ts";
import { PARSED_LABEL } from "../pipeline/labels-builder.ts";
import type { StageRunner } from "../pipeline/line-state.ts";
import { parsersIdle } from "../pipeline/parser-hints.ts";
import { JSON_ERROR, stringValue } from "./json-parser.ts";
import { type JsonPath, readJsonPath } from "./json-path.ts";
import { eachField, JsonScanError, type JsonSpan, nextToken, readValue } from "./json-scan.ts";

interface Target {
  readonly name: string;
  readonly path: JsonPath;
}

/** The nth element of an array; `false` when it has not so many. */
function element(text: string, span: JsonSpan, index: number): boolean {
  let at = span.from + 1;
  const to = span.to - 1;
  for (let current = 0; ; current++) {
    const start = nextToken(text, at, to);
    if (start < 0) return false;
    readValue(text, start, to, span);
    if (current === index) return true;
    const comma = nextToken(text, span.end, to);
    if (comma < 0 || text.charAt(comma) !== ",") return false;
    at = comma + 1;
  }
}

function field(text: string, span: JsonSpan, name: string): boolean {
  let found = false;
  eachField(text, span.from, span.to, (key, inner) => {
    if (key !== name) return true;
    Object.assign(span, inner);
    found = true;
    return false;
  });
  return found;
}

/** Follows a path into the JSON of a line; `null` when it leads nowhere. */
function follow(text: string, path: JsonPath): JsonSpan | null {
  const span: JsonSpan = { type: "null", from: 0, to: 0, end: 0 };
  try {
    readRoot(text, span);
    for (const step of path) {
      const isFound =
        typeof step === "number"
          ? span.type === "array" && element(text, span, step)
          : span.type === "object" && field(text, span, step);
      if (!isFound) return null;
    }
    return span;
  } catch (error) {
    if (error instanceof JsonScanError) return null;
    throw error;
  }
}

/** The outermost value is not required to be complete: fields before a malformed part are found. */
function readRoot(text: string, span: JsonSpan): void {
  const start = nextToken(text, 0, text.length);
  const isObject = text.charAt(start) === "{";
  span.type = isObject ? "object" : "array";
  span.from = start;
  span.to = text.length + (isObject ? 0 : 1);
  span.end = span.to;
}

function valueText(text: string, span: JsonSpan): string {
  if (span.type === "null") return "";
  const raw = text.slice(span.from, span.to);
  return span.type === "object" ? raw : stringValue(raw);
}

/** `| json a="b.c[0]"`: each expression a label; one that is not found gives an empty label. */
export function compileJsonExpressions(extractions: readonly LabelExtraction[]): StageRunner {
  const targets = extractions.map(({ name, expression }): Target => {
    const reading = readJsonPath(expression);
    return { name, path: reading.ok ? reading.path : [] };
  });
  return ({ line, labels }) => {
    if (line === "" || parsersIdle(labels)) return true;
    if (!/^[{["]/.test(line)) {
      labels.setError(JSON_ERROR, "");
      return true;
    }
    let matches = 0;
    for (const { name, path } of targets) {
      const span = follow(line, path);
      if (span === null) continue;
      labels.set(PARSED_LABEL, labels.freeName(name), valueText(line, span));
      matches++;
    }
    if (matches === targets.length) return true;
    for (const { name } of targets) if (labels.get(name) === undefined) labels.set(PARSED_LABEL, name, "");
    return true;
  };
}
