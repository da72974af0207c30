import { type LabelsBuilder, PARSED_LABEL } from "../pipeline/labels-builder.ts";
import type { StageRunner } from "../pipeline/line-state.ts";
import { parsersIdle, passesEarly, shouldExtractPrefix } from "../pipeline/parser-hints.ts";
import {
  eachField,
  type FieldVisitor,
  JsonScanError,
  type JsonSpan,
  MALFORMED_OBJECT as NO_OBJECT,
  unescapeJson,
} from "./json-scan.ts";
import { labelNames, withoutInvalid } from "./label-name.ts";

export const JSON_ERROR = "JSONParserErr";

const BEGINS_OBJECT = /^[ \t\r\n]*\{/;

/** The text of a string as a label has it; "" for a malformed escape. */
export function stringValue(raw: string): string {
  return withoutInvalid(unescapeJson(raw) ?? "");
}

/** Reads one line at a time; made once for a pipeline. */
class JsonLabelReader {
  private readonly firstName = labelNames(true);
  private readonly innerName = labelNames(false);
  private line = "";
  private labels: LabelsBuilder | null = null;
  private lost = false;
  private readonly visitTop: FieldVisitor = (key, span) => this.visit(this.firstName(key), span);

  /** `false` when an early filter drops the line. Throws `JsonScanError`. */
  read(line: string, labels: LabelsBuilder): boolean {
    this.line = line;
    this.labels = labels;
    this.lost = false;
    eachField(line, 0, line.length, this.visitTop);
    return !this.lost;
  }

  private visit(name: string, { type, from, to }: JsonSpan): boolean {
    const { line, labels } = this;
    if (type === "array" || type === "null" || labels === null) return true;
    if (type === "object") {
      if (!shouldExtractPrefix(labels, name)) return true;
      return eachField(line, from, to, (key, span) => this.visit(`${name}_${this.innerName(key)}`, span));
    }
    const own = labels.claim(name);
    if (own === null) return true;
    const raw = line.slice(from, to);
    labels.set(PARSED_LABEL, own, type === "string" ? stringValue(raw) : raw);
    if (!passesEarly(labels, own)) {
      this.lost = true;
      return false;
    }
    return !labels.allExtracted();
  }
}

/** `| json`: every scalar of an object a label, nested ones with their path joined by `_`; arrays and null are left out. */
export function compileJson(): StageRunner {
  const reader = new JsonLabelReader();
  return ({ line, labels }) => {
    if (parsersIdle(labels)) return true;
    // Lines of plain text are common, and a thrown error is dear.
    if (!BEGINS_OBJECT.test(line)) {
      labels.setError(JSON_ERROR, NO_OBJECT);
      return true;
    }
    try {
      return reader.read(line, labels);
    } catch (error) {
      if (!(error instanceof JsonScanError)) throw error;
      labels.setError(JSON_ERROR, error.message);
      return true;
    }
  };
}
