import {
  MAX_NANO_TIME,
  MIN_NANO_TIME,
  NS_PER_MS,
  NS_PER_SECOND,
  parseNanoTime,
  type NanoTime,
} from "../../src-shared/model/nano-time.ts";
import type { TimeZoneChoice } from "./formats.ts";

/** One end of a range as typed. `now` ends keep their distance, so that the range can move with the clock. */
export type RangeEnd =
  | { readonly kind: "now"; readonly beforeNs: bigint }
  | { readonly kind: "instant"; readonly ns: NanoTime };

export type RangeEndProblem = "empty" | "not-understood" | "out-of-range";

const UNIT_NS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  ms: NS_PER_MS,
  s: NS_PER_SECOND,
  m: 60n * NS_PER_SECOND,
  h: 3_600n * NS_PER_SECOND,
  d: 86_400n * NS_PER_SECOND,
  w: 7n * 86_400n * NS_PER_SECOND,
  y: 365n * 86_400n * NS_PER_SECOND,
};
const DURATION_PART = /(\d{1,15})(ns|us|µs|ms|s|m|h|d|w|y)/gy;
const WALL_CLOCK = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?$/;

/** `1h30m` in nanoseconds, in the units of LogQL (Prometheus): a week is 7 d, a year 365 d. `null` when it is none. */
export function parseRangeDuration(text: string): bigint | null {
  let ns = 0n;
  let end = 0;
  for (const match of text.matchAll(DURATION_PART)) {
    ns += BigInt(match[1] ?? "0") * (UNIT_NS[match[2] ?? ""] ?? 0n);
    end = match.index + match[0].length;
  }
  return end > 0 && end === text.length ? ns : null;
}

/**
 * Reads one end of a range: `now`, `now-3h`, `now - 1h30m`, `now+5m`; a date with or without time in the shown zone
 * (`2026-11-20`, `2026-11-20 10:00:00.123456789`); RFC 3339 with a zone; an epoch in seconds or, from eleven digits on, in
 * milliseconds (13), microseconds (16) or nanoseconds.
 */
export function parseRangeEnd(text: string, zone: TimeZoneChoice): RangeEnd | RangeEndProblem {
  const trimmed = text.trim();
  if (trimmed === "") return "empty";
  const relative = /^now(?:\s*([+-])\s*(\S+))?$/i.exec(trimmed);
  if (relative !== null) {
    const [, sign, duration] = relative;
    if (duration === undefined) return { kind: "now", beforeNs: 0n };
    const ns = parseRangeDuration(duration);
    if (ns === null) return "not-understood";
    return ns > MAX_NANO_TIME ? "out-of-range" : { kind: "now", beforeNs: sign === "-" ? ns : -ns };
  }
  if (/^-?\d+$/.test(trimmed)) return instant(epochNs(trimmed));
  const wall = WALL_CLOCK.exec(trimmed);
  if (wall !== null) return wallClock(wall, zone);
  return instant(parseNanoTime(trimmed));
}

/** The instant of one end at a moment. */
export function resolveRangeEnd(end: RangeEnd, nowNs: NanoTime): NanoTime {
  return end.kind === "instant" ? end.ns : nowNs - end.beforeNs;
}

/** Digits tell the unit, as everybody who pastes an epoch expects: 10 are seconds, 13 ms, 16 µs, 19 ns. */
function epochNs(text: string): NanoTime | null {
  const digits = text.replace("-", "").length;
  if (digits > 20) return null;
  const value = BigInt(text);
  if (digits <= 10) return value * NS_PER_SECOND;
  if (digits <= 13) return value * NS_PER_MS;
  if (digits <= 16) return value * 1_000n;
  return value;
}

function wallClock(match: RegExpExecArray, zone: TimeZoneChoice): RangeEnd | RangeEndProblem {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map((part) => Number(part ?? 0));
  const at =
    zone === "utc"
      ? new Date(Date.UTC(year, month - 1, day, hour, minute, second))
      : new Date(year, month - 1, day, hour, minute, second);
  const back = zone === "utc" ? [at.getUTCMonth(), at.getUTCDate()] : [at.getMonth(), at.getDate()];
  // 2026-02-30 would roll over to March without a word.
  const isRolledOver = back[0] !== month - 1 || back[1] !== day || hour > 23 || minute > 59 || second > 59;
  if (isRolledOver || Number.isNaN(at.getTime())) return "not-understood";
  return instant(BigInt(at.getTime()) * NS_PER_MS + BigInt((match[7] ?? "").padEnd(9, "0")));
}

function instant(ns: NanoTime | null): RangeEnd | RangeEndProblem {
  if (ns === null) return "not-understood";
  return ns < MIN_NANO_TIME || ns > MAX_NANO_TIME ? "out-of-range" : { kind: "instant", ns };
}
