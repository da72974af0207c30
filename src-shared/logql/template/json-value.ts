import type { GoValue } from "./go-value.ts";

function convert(value: unknown): GoValue {
  if (value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean")
    return value;
  if (Array.isArray(value)) return value.map(convert);
  if (typeof value === "object") {
    return new Map(Object.entries(value).map(([key, item]): [string, GoValue] => [key, convert(item)]));
  }
  return null;
}

/** What Go's `json.Unmarshal` makes of a text; nil for malformed JSON. */
export function jsonValue(text: string): GoValue {
  try {
    return convert(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
