import { blockEnd, JsonScanError, type JsonSpan, nextToken, readValue, stringEnd, unescapeJson } from "./json-scan.ts";
import type { JsonPath } from "./json-path.ts";

/**
 * Finds values by path in a text that may be no proper JSON: any string with a colon behind it is a key of the object level
 * that the braces so far make. This is how Loki's `json` with expressions reads, so fields of malformed lines are found.
 */
export type FoundValue = (index: number, span: JsonSpan) => void;

const MALFORMED = "Malformed JSON error";

interface Progress {
  readonly found: boolean[];
  count: number;
  /** The keys on the way to the present level. */
  readonly trail: (string | number)[];
}

function sameTrail(path: JsonPath, trail: readonly (string | number)[], length: number): boolean {
  for (let at = 0; at < length; at++) if (path[at] !== trail[at]) return false;
  return true;
}

/** Follows the rest of a path inside one complete value; `false` when it leads nowhere. */
function descend(text: string, span: JsonSpan, path: JsonPath): boolean {
  const [step, ...rest] = path;
  if (step === undefined) return true;
  let reached = false;
  if (typeof step === "number") reached = span.type === "array" && elementAt(text, span, step);
  else {
    const single: Progress = { found: [false], count: 0, trail: [] };
    if (span.type === "object") {
      scan(text, span.from, span.to, [[step]], single, (_, inner) => {
        Object.assign(span, inner);
        reached = true;
      });
    }
  }
  return reached && descend(text, span, rest);
}

function elementAt(text: string, span: JsonSpan, index: number): boolean {
  let at = span.from + 1;
  const to = span.to - 1;
  for (let current = 0; ; current++) {
    if (nextToken(text, at, to) < 0) return false;
    readValue(text, at, to, span);
    if (current === index) return true;
    const comma = nextToken(text, span.end, to);
    if (comma < 0 || text.charAt(comma) !== ",") return false;
    at = comma + 1;
  }
}

function array(
  text: string,
  at: number,
  to: number,
  paths: readonly JsonPath[],
  progress: Progress,
  level: number,
  give: FoundValue,
): number {
  const end = blockEnd(text, at, to, 0x5b, 0x5d);
  if (end < 0) return -1;
  for (const [index, path] of paths.entries()) {
    const step = path[level];
    if (typeof step !== "number" || progress.found[index] === true || !sameTrail(path, progress.trail, level)) continue;
    const span: JsonSpan = { type: "array", from: at, to: end, end };
    progress.found[index] = true;
    progress.count++;
    if (descend(text, span, path.slice(level))) give(index, span);
  }
  return end;
}

function scan(
  text: string,
  from: number,
  to: number,
  paths: readonly JsonPath[],
  progress: Progress,
  give: FoundValue,
): void {
  let level = 0;
  for (let at = from; at < to; at++) {
    const char = text.charAt(at);
    if (char === "{") level++;
    else if (char === "}" || char === "]") level--;
    else if (char === "[") {
      if (level < 0) throw new JsonScanError(MALFORMED);
      const end = array(text, at, to, paths, progress, level, give);
      if (end < 0 || progress.count === paths.length) return;
      at = end - 1;
    } else if (char === '"') {
      const end = stringEnd(text, at + 1, to);
      if (end < 0) return;
      const colon = nextToken(text, end, to);
      if (colon < 0) return;
      if (text.charAt(colon) !== ":") {
        at = colon - 1;
        continue;
      }
      const key = unescapeJson(text.slice(at + 1, end - 1));
      if (key === null) return;
      if (level < 1) throw new JsonScanError(MALFORMED);
      atKey(text, key, colon, to, paths, progress, level, give);
      if (progress.count === paths.length) return;
      at = colon;
    }
  }
}

function atKey(
  text: string,
  key: string,
  colon: number,
  to: number,
  paths: readonly JsonPath[],
  progress: Progress,
  level: number,
  give: FoundValue,
): void {
  progress.trail[level - 1] = key;
  for (const [index, path] of paths.entries()) {
    if (path.length !== level || progress.found[index] === true || !sameTrail(path, progress.trail, level)) continue;
    progress.found[index] = true;
    progress.count++;
    const span: JsonSpan = { type: "null", from: 0, to: 0, end: 0 };
    readValue(text, colon + 1, to, span);
    give(index, span);
  }
}

/** Gives the value of each path once, as far as it is there. Throws `JsonScanError` for a value or a text that is malformed. */
export function eachPath(text: string, paths: readonly JsonPath[], give: FoundValue): void {
  scan(text, 0, text.length, paths, { found: paths.map(() => false), count: 0, trail: [] }, give);
}
