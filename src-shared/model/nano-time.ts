import { z } from "zod";

/**
 * An instant as nanoseconds since the Unix epoch. A `number` cannot hold one exactly (2^53 ns is 104 days), so it is a
 * `bigint` in code and a decimal string on the wire.
 */
export type NanoTime = bigint;

export const NS_PER_MS = 1_000_000n;
export const NS_PER_SECOND = 1_000_000_000n;

/** What 64 signed bits hold: 1677-09-21 to 2262-04-11, the range of Go's `UnixNano` and so of Loki. */
export const MIN_NANO_TIME = -(2n ** 63n);
export const MAX_NANO_TIME = 2n ** 63n - 1n;

export const nanoTimeSchema = z
  .string()
  .regex(/^-?\d{1,19}$/)
  .transform((text) => BigInt(text))
  .refine((value) => value >= MIN_NANO_TIME && value <= MAX_NANO_TIME, { message: "outside 64 bits" });

/** A nano time as the page holds it: decimal digits. */
export const nanoTextSchema = z.string().regex(/^-?\d{1,19}$/);

/** Half open: `start` belongs to the range, `end` does not, as in Loki's `query_range`. */
export interface TimeRange {
  readonly startNs: NanoTime;
  readonly endNs: NanoTime;
}

export const timeRangeSchema = z.object({ startNs: nanoTimeSchema, endNs: nanoTimeSchema });

export function nanoFromMs(ms: number): NanoTime {
  return BigInt(Math.round(ms * 1_000)) * 1_000n;
}

/** Milliseconds, rounded down; for clocks and charts, never for cursors. */
export function msFromNano(ns: NanoTime): number {
  const floored = ns >= 0n ? ns / NS_PER_MS : (ns - NS_PER_MS + 1n) / NS_PER_MS;
  return Number(floored);
}

/** RFC 3339 with nine fractional digits, in UTC: `2026-11-20T10:00:00.123456789Z`. */
export function formatNanoUtc(ns: NanoTime): string {
  const seconds = ns >= 0n ? ns / NS_PER_SECOND : (ns - NS_PER_SECOND + 1n) / NS_PER_SECOND;
  const fraction = (ns - seconds * NS_PER_SECOND).toString().padStart(9, "0");
  return `${new Date(Number(seconds) * 1_000).toISOString().slice(0, -5)}.${fraction}Z`;
}

const RFC3339 = /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?([Zz]|[+-]\d{2}:\d{2})$/;

/**
 * Reads an instant as Loki's HTTP API does: RFC 3339 with up to nine fractional digits; a whole number of up to ten digits
 * is seconds, a longer one nanoseconds; with a point it is fractional seconds. `null` when it is none of these.
 */
export function parseNanoTime(text: string): NanoTime | null {
  const trimmed = text.trim();
  if (/^-?\d+$/.test(trimmed)) {
    if (trimmed.length > 20) return null;
    const value = BigInt(trimmed);
    const ns = trimmed.replace("-", "").length <= 10 ? value * NS_PER_SECOND : value;
    return ns >= MIN_NANO_TIME && ns <= MAX_NANO_TIME ? ns : null;
  }
  const decimal = /^(-?)(\d{1,11})\.(\d+)$/.exec(trimmed);
  if (decimal !== null) {
    const [, sign = "", whole = "0", fraction = ""] = decimal;
    const magnitude = BigInt(whole) * NS_PER_SECOND + BigInt(fraction.slice(0, 9).padEnd(9, "0"));
    return sign === "-" ? -magnitude : magnitude;
  }
  const stamp = RFC3339.exec(trimmed);
  if (stamp === null) return null;
  const [, day = "", time = "", fraction = "", zone = "Z"] = stamp;
  const ms = Date.parse(`${day}T${time}${zone.toUpperCase()}`);
  if (Number.isNaN(ms)) return null;
  const ns = BigInt(ms) * NS_PER_MS + BigInt(fraction.padEnd(9, "0"));
  return ns >= MIN_NANO_TIME && ns <= MAX_NANO_TIME ? ns : null;
}
