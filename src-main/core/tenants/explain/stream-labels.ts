import type { LabelSet } from "../../../../src-shared/model/labels.ts";

const PAIR = /([A-Za-z_][A-Za-z0-9_]*)="((?:[^"\\]|\\.)*)"/gy;
const MOST_LABELS = 100;

/** The labels of a stream as Loki prints them: `{app="pay", pod="pay-1"}`; `null` for what is none. */
export function streamLabels(text: string): LabelSet | null {
  const trimmed = text.trim();
  if (!trimmed.startsWith("{") || !trimmed.endsWith("}")) return null;
  const body = trimmed.slice(1, -1);
  const labels: Record<string, string> = {};
  let at = 0;
  for (let count = 0; count < MOST_LABELS && at < body.length; count++) {
    PAIR.lastIndex = at;
    const match = PAIR.exec(body);
    if (match === null) return null;
    const [whole, name = "", value = ""] = match;
    labels[name] = unquoted(value);
    at += whole.length;
    while (body[at] === "," || body[at] === " ") at += 1;
  }
  return at >= body.length ? labels : null;
}

/** Go's `strconv.Quote`, as far as JSON agrees; the rest stays as it is written. */
function unquoted(value: string): string {
  if (!value.includes("\\")) return value;
  try {
    const parsed: unknown = JSON.parse(`"${value}"`);
    return typeof parsed === "string" ? parsed : value;
  } catch {
    return value;
  }
}
