/** Characters that JSON.stringify writes otherwise than Go. */
const GO_DIFFERS_IN = /[<>&\u2028\u2029\b\f]/;
/** The same, in JSON.stringify's output. An escaped backslash is matched whole, so that the `b` after it is no backspace. */
const GO_DIFFERS = /[<>&\u2028\u2029]|\\[\\bf]/g;

/**
 * The inside of a JSON string as Loki writes it: HTML characters and the two Unicode line separators as `\u003c`-style
 * escapes, control characters other than newline, return and tab as `\u00XX`, and a lone surrogate as U+FFFD.
 */
export function escapeGoJson(text: string): string {
  const quoted = JSON.stringify(text.isWellFormed() ? text : text.toWellFormed());
  const inner = quoted.slice(1, -1);
  return GO_DIFFERS_IN.test(text) ? inner.replace(GO_DIFFERS, escapeMatch) : inner;
}

function escapeMatch(match: string): string {
  if (match === "\\\\") return match;
  if (match === "\\b") return "\\u0008";
  if (match === "\\f") return "\\u000c";
  return `\\u${match.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** A JSON string with its quotes. */
export function goJsonString(text: string): string {
  return `"${escapeGoJson(text)}"`;
}

/** A flat object of strings, its keys sorted as Go sorts a map. */
export function goJsonLabels(labels: Readonly<Record<string, string>>): string {
  const names = Object.keys(labels).sort();
  return `{${names.map((name) => `${goJsonString(name)}:${goJsonString(labels[name] ?? "")}`).join(",")}}`;
}

/** Any JSON value in Go's escaping; object keys keep their order, as Go structs do. */
export function goJson(value: unknown): string {
  return JSON.stringify(value).replace(GO_DIFFERS, escapeMatch);
}
