import type { LabelExtraction } from "../ast.ts";
import { PARSED_LABEL } from "../pipeline/labels-builder.ts";
import type { StageRunner } from "../pipeline/line-state.ts";
import { parsersIdle } from "../pipeline/parser-hints.ts";
import { eachPath } from "./json-each-key.ts";
import { JSON_ERROR, stringValue } from "./json-parser.ts";
import { readJsonPath } from "./json-path.ts";
import { JsonScanError, type JsonSpan } from "./json-scan.ts";

function valueText(text: string, span: JsonSpan): string {
  if (span.type === "null") return "";
  const raw = text.slice(span.from, span.to);
  return span.type === "object" ? raw : stringValue(raw);
}

/** `| json a="b.c[0]"`: each expression a label; one that is not found gives an empty label. */
export function compileJsonExpressions(extractions: readonly LabelExtraction[]): StageRunner {
  const names = extractions.map(({ name }) => name);
  const paths = extractions.map(({ expression }) => {
    const reading = readJsonPath(expression);
    return reading.ok ? reading.path : [];
  });
  return ({ line, labels }) => {
    if (line === "" || parsersIdle(labels)) return true;
    if (!/^[{["]/.test(line)) {
      labels.setError(JSON_ERROR, "");
      return true;
    }
    let matches = 0;
    try {
      eachPath(line, paths, (index, span) => {
        labels.set(PARSED_LABEL, labels.freeName(names[index] ?? ""), valueText(line, span));
        matches++;
      });
    } catch (error) {
      if (!(error instanceof JsonScanError)) throw error;
      labels.setError(JSON_ERROR, error.message);
    }
    if (matches === names.length) return true;
    for (const name of names) if (labels.get(name) === undefined) labels.set(PARSED_LABEL, name, "");
    return true;
  };
}
