import { type LabelsBuilder, PARSED_LABEL } from "../pipeline/labels-builder.ts";
import type { StageRunner } from "../pipeline/line-state.ts";
import { parsersIdle, passesEarly, shouldExtract, shouldExtractPrefix } from "../pipeline/parser-hints.ts";
import { eachField, JsonScanError, type JsonSpan, unescapeJson } from "./json-scan.ts";
import { labelNames, withoutInvalid } from "./label-name.ts";

export const JSON_ERROR = "JSONParserErr";

/** The text of a string as a label has it; "" for a malformed escape. */
export function stringValue(raw: string): string {
  return withoutInvalid(unescapeJson(raw) ?? "");
}

/** `| json`: every scalar of an object a label, nested ones with their path joined by `_`; arrays and null are left out. */
export function compileJson(): StageRunner {
  const firstName = labelNames(true);
  const innerName = labelNames(false);

  return (state) => {
    const { line, labels } = state;
    if (parsersIdle(labels)) return true;
    let lost = false;

    const visit = (prefix: string, key: string, span: JsonSpan): boolean => {
      const { type, from, to } = span;
      if (type === "array" || type === "null") return true;
      const name = prefix === "" ? firstName(key) : `${prefix}_${innerName(key)}`;
      if (type === "object") {
        if (!shouldExtractPrefix(labels, name)) return true;
        return eachField(line, from, to, (innerKey, innerSpan) => visit(name, innerKey, innerSpan));
      }
      return extract(labels, name, line, type === "string", from, to);
    };

    const extract = (
      target: LabelsBuilder,
      plain: string,
      text: string,
      isString: boolean,
      from: number,
      to: number,
    ): boolean => {
      const name = target.freeName(plain);
      if (!shouldExtract(target, name)) return true;
      const raw = text.slice(from, to);
      target.set(PARSED_LABEL, name, isString ? stringValue(raw) : raw);
      target.markExtracted(name);
      if (!passesEarly(target, name)) {
        lost = true;
        return false;
      }
      return !target.allExtracted();
    };

    try {
      eachField(line, 0, line.length, (key, span) => visit("", key, span));
    } catch (error) {
      if (!(error instanceof JsonScanError)) throw error;
      labels.setError(JSON_ERROR, error.message);
    }
    return !lost;
  };
}
