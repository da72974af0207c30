import { parseByteSize } from "../../../../src-shared/logql/text/byte-size.ts";
import { parseGoDuration } from "../../../../src-shared/logql/text/go-duration.ts";
import { parseGoFloat } from "../../../../src-shared/logql/text/go-number.ts";
import { NS_PER_MS } from "../../../../src-shared/model/nano-time.ts";
import { linePairs, type LinePair } from "./line-pairs.ts";
import { METRICS_KEYS, type MetricsKeyKind } from "./metrics-keys.ts";

/** A longer line is none of Loki's: a query has at most 128 KiB, which quoting can double and more. */
export const MAX_METRICS_LINE_CHARS = 2 ** 20;
const MAX_TAGS = 30;
const MAX_TAG_CHARS = 200;

/** A `metrics.go` line with its values read: texts, and numbers in units that are in the name of the map. */
export interface MetricsLine {
  readonly texts: ReadonlyMap<string, string>;
  readonly counts: ReadonlyMap<string, number>;
  /** Humanised with two or three digits, so right to about 5 %. */
  readonly bytes: ReadonlyMap<string, number>;
  readonly durationsMs: ReadonlyMap<string, number>;
  readonly ratios: ReadonlyMap<string, number>;
  readonly flags: ReadonlyMap<string, boolean>;
  /** The pairs of `X-Query-Tags`: keys in lower case. Anybody may send anything in them. */
  readonly tags: ReadonlyMap<string, string>;
  /** Keys of Loki whose value could not be read; they are in none of the maps. */
  readonly unreadable: readonly string[];
}

/**
 * Reads the line that Loki's query frontend logs when a query has ended, in logfmt (also behind a container runtime's
 * prefix) or JSON. `null` for every other line: of queriers and rulers too, which tell of parts of the same queries.
 *
 * Of a key that comes twice the first counts: Loki's own pairs stand before the tags, so nobody writes over a figure by
 * sending a tag of its name.
 */
export function parseMetricsLine(line: string): MetricsLine | null {
  // Cheap, since it is asked of every line of a pod.
  if (line.length > MAX_METRICS_LINE_CHARS || !line.includes("metrics.go:")) return null;
  const pairs = linePairs(line);
  const first = (key: string) => pairs.find((pair) => pair.key === key)?.value;
  if (!/^(?:.*\/)?metrics\.go:\d+$/.test(first("caller") ?? "")) return null;
  if (first("component") !== "frontend" || first("query_type") === undefined) return null;
  return readPairs(pairs);
}

function readPairs(pairs: readonly LinePair[]): MetricsLine {
  const texts = new Map<string, string>();
  const counts = new Map<string, number>();
  const bytes = new Map<string, number>();
  const durationsMs = new Map<string, number>();
  const ratios = new Map<string, number>();
  const flags = new Map<string, boolean>();
  const tags = new Map<string, string>();
  const unreadable: string[] = [];
  const seen = new Set<string>();
  const store: Readonly<Record<MetricsKeyKind, (key: string, value: string) => boolean>> = {
    text: (key, value) => kept(texts, key, value),
    count: (key, value) => kept(counts, key, readCount(value)),
    bytes: (key, value) => kept(bytes, key, readBytes(value)),
    duration: (key, value) => kept(durationsMs, key, readDurationMs(value)),
    ratio: (key, value) => kept(ratios, key, parseGoFloat(value)),
    flag: (key, value) => kept(flags, key, value === "true" ? true : value === "false" ? false : null),
  };
  for (const { key, value } of pairs) {
    const kind = METRICS_KEYS.get(key);
    if (kind !== undefined && !seen.has(key)) {
      seen.add(key);
      if (!store[kind](key, value)) unreadable.push(key);
    } else if (seen.has("query_type") && tags.size < MAX_TAGS && !tags.has(key)) {
      // Pairs of the logger itself stand before the line's own.
      tags.set(key.slice(0, MAX_TAG_CHARS), value.slice(0, MAX_TAG_CHARS));
    }
  }
  return { texts, counts, bytes, durationsMs, ratios, flags, tags, unreadable };
}

function kept<Value>(map: Map<string, Value>, key: string, value: Value | null): boolean {
  if (value === null) return false;
  map.set(key, value);
  return true;
}

/** A whole number, also as JSON's encoder writes a large one; nothing below 0. */
function readCount(text: string): number | null {
  const value = parseGoFloat(text);
  return value !== null && Number.isSafeInteger(value) && value >= 0 ? value : null;
}

function readBytes(text: string): number | null {
  const reading = parseByteSize(text);
  return reading.ok ? reading.bytes : null;
}

function readDurationMs(text: string): number | null {
  const reading = parseGoDuration(text);
  return reading.ok ? Number(reading.ns) / Number(NS_PER_MS) : null;
}
