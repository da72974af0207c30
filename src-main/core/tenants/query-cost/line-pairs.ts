import { LogfmtScanner } from "../../../../src-shared/logql/parsers/logfmt-scan.ts";

export interface LinePair {
  readonly key: string;
  readonly value: string;
}

const MAX_PAIRS = 500;

/** The pairs of a line of logfmt or of a flat JSON object, in their order; of what is neither, the pairs there are. */
export function linePairs(line: string): readonly LinePair[] {
  const json = line.indexOf("{");
  // Behind a container runtime's prefix there is neither a quote nor an equals sign before the object.
  if (json >= 0 && !/["=]/.test(line.slice(0, json))) {
    const pairs = jsonPairs(line.slice(json));
    if (pairs !== null) return pairs;
  }
  const scanner = new LogfmtScanner();
  scanner.reset(line);
  const pairs: LinePair[] = [];
  while (!scanner.atEnd() && pairs.length < MAX_PAIRS) {
    if (scanner.next() && scanner.hasValue()) pairs.push({ key: scanner.key, value: scanner.value() });
  }
  return pairs;
}

function jsonPairs(text: string): readonly LinePair[] | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    // No JSON; read as logfmt, which finds what pairs there are.
    return null;
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) return null;
  return Object.entries(parsed)
    .slice(0, MAX_PAIRS)
    .flatMap(([key, value]) => (typeof value === "object" || value === "" ? [] : [{ key, value: String(value) }]));
}
