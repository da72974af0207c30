import { PARSED_LABEL } from "../pipeline/labels-builder.ts";
import type { StageRunner } from "../pipeline/line-state.ts";
import { parsersIdle, passesEarly } from "../pipeline/parser-hints.ts";
import { JSON_ERROR, stringValue } from "./json-parser.ts";
import { eachField, JsonScanError } from "./json-scan.ts";
import { labelName } from "./label-name.ts";

const ENTRY_KEY = "_entry";

/** `| unpack`: what Promtail's `pack` stage wrote; `_entry` becomes the line, the other strings labels. */
export function compileUnpack(): StageRunner {
  return (state) => {
    const { line, labels } = state;
    if (line === "" || parsersIdle(labels)) return true;
    if (line.charAt(0) !== "{") {
      labels.setError(JSON_ERROR, "expecting json object(6), but it is not");
      return true;
    }
    const found: [string, string][] = [];
    let entry: string | null = null;
    try {
      eachField(line, 0, line.length, (key, { type, from, to }) => {
        if (type !== "string") return true;
        const value = stringValue(line.slice(from, to));
        if (key === ENTRY_KEY) {
          entry = value;
          return true;
        }
        found.push([labelName(key, true), value]);
        return true;
      });
    } catch (error) {
      if (!(error instanceof JsonScanError)) throw error;
      labels.setError(JSON_ERROR, error.message);
      return true;
    }
    if (entry === null) return true;
    for (const [plain, value] of found) {
      const name = labels.claim(plain);
      if (name === null) continue;
      labels.set(PARSED_LABEL, name, value);
      if (!passesEarly(labels, name)) return false;
    }
    state.line = entry;
    return true;
  };
}
