import type { LabelSet } from "../../../src-shared/model/labels.ts";

const WORDS: Readonly<Record<string, string>> = {
  trace: "trace",
  trc: "trace",
  debug: "debug",
  dbg: "debug",
  info: "info",
  inf: "info",
  information: "info",
  warn: "warn",
  wrn: "warn",
  warning: "warn",
  error: "error",
  err: "error",
  critical: "critical",
  fatal: "fatal",
};

/** Words that a line without fields is searched for, in Loki's order; the first that occurs decides. */
const KEYWORDS: readonly (readonly [RegExp, string])[] = [
  [/info|INFO/, "info"],
  [/err:|ERR:|error|ERROR/, "error"],
  [/warn:|WARN:|warning|WARNING/, "warn"],
  [/CRITICAL:|critical:/, "critical"],
  [/debug:|DEBUG:/, "debug"],
];

/**
 * The level that Loki's distributor finds (`discover_log_levels`) and stores as `detected_level`: from a level label, from
 * structured metadata, from a JSON or logfmt field, at last from words in the line; `unknown` when there is none.
 */
export function detectLevel(labels: LabelSet, metadata: LabelSet, line: string, fields: readonly string[]): string {
  for (const set of [labels, metadata]) {
    for (const field of fields) {
      const value = set[field.replace(/[^a-zA-Z0-9_]/g, "_")];
      if (value !== undefined) return WORDS[value.toLowerCase()] ?? value;
    }
  }
  const severity = metadata.severity_number;
  if (severity !== undefined) return fromSeverityNumber(Number(severity));
  const word = fieldOf(line, fields);
  if (word !== null) return WORDS[word.toLowerCase()] ?? fromKeywords(line);
  return fromKeywords(line);
}

/** OpenTelemetry's severity numbers. */
function fromSeverityNumber(value: number): string {
  if (value >= 1 && value <= 4) return "trace";
  if (value >= 5 && value <= 8) return "debug";
  if (value >= 9 && value <= 12) return "info";
  if (value >= 13 && value <= 16) return "warn";
  if (value >= 17 && value <= 20) return "error";
  if (value >= 21 && value <= 24) return "fatal";
  return "unknown";
}

function fieldOf(line: string, fields: readonly string[]): string | null {
  const start = line.trimStart();
  if (start.startsWith("{")) return jsonField(start, fields);
  if (!line.includes("=")) return null;
  for (const field of fields) {
    const at = wordPosition(line, `${field}=`);
    if (at < 0) continue;
    const value = /^"?([^"\s]*)/.exec(line.slice(at + field.length + 1))?.[1];
    if (value !== undefined && value !== "") return value;
  }
  return null;
}

/** Where a word begins that follows a blank or the line's start. */
function wordPosition(line: string, word: string): number {
  for (let at = line.indexOf(word); at >= 0; at = line.indexOf(word, at + 1)) {
    if (at === 0 || (line.charCodeAt(at - 1) ?? 0) <= 32) return at;
  }
  return -1;
}

function jsonField(line: string, fields: readonly string[]): string | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    // A line that only looks like JSON has no fields; its words may still tell.
    return null;
  }
  for (const field of fields) {
    const value = parsed !== null && typeof parsed === "object" ? Reflect.get(parsed, field) : undefined;
    if (typeof value === "string" && value !== "") return value;
  }
  return null;
}

function fromKeywords(line: string): string {
  for (const [pattern, level] of KEYWORDS) if (pattern.test(line)) return level;
  return "unknown";
}

/** The label that Loki adds as `service_name`: the first of the known ones that the stream has. */
export function serviceName(labels: LabelSet, candidates: readonly string[]): string {
  for (const name of candidates) {
    const value = labels[name];
    if (value !== undefined && value !== "") return value;
  }
  return "unknown_service";
}
