import { NO_ZONE, type Stamp } from "./stamp.ts";

/** The digit at `at`, or -1. Past the end of `bytes` there is none. */
export function digit(bytes: Uint8Array, at: number): number {
  const value = (bytes[at] ?? 0) - 48;
  return value >= 0 && value <= 9 ? value : -1;
}

/** Two digits as a number, or -1. */
export function twoDigits(bytes: Uint8Array, at: number): number {
  const tens = (bytes[at] ?? 0) - 48;
  const ones = (bytes[at + 1] ?? 0) - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -1;
}

/** Four digits as a number, or -1. */
export function fourDigits(bytes: Uint8Array, at: number): number {
  const high = twoDigits(bytes, at);
  const low = twoDigits(bytes, at + 2);
  return high < 0 || low < 0 ? -1 : high * 100 + low;
}

export function isLetterOrDigit(byte: number | undefined): boolean {
  if (byte === undefined) return false;
  return (byte >= 48 && byte <= 57) || (byte >= 65 && byte <= 90) || (byte >= 97 && byte <= 122);
}

/**
 * `HH:MM:SS` with a fraction after a point, comma or colon, or `HH:MM`, from `at`; `separator` is the byte between hour and
 * minute. A one-digit hour is read where `shortHour` says so. Sets `stamp.end`.
 */
export function readClock(
  bytes: Uint8Array,
  at: number,
  end: number,
  stamp: Stamp,
  separator = 58,
  shortHour = false,
): boolean {
  let p = at;
  let hour = twoDigits(bytes, p);
  if (hour >= 0) p += 2;
  else {
    hour = shortHour ? digit(bytes, p) : -1;
    p += 1;
  }
  const minute = twoDigits(bytes, p + 1);
  if (hour < 0 || hour > 23 || bytes[p] !== separator || minute < 0 || minute > 59) return false;
  p += 3;
  stamp.hour = hour;
  stamp.minute = minute;
  stamp.second = 0;
  stamp.nanos = 0;
  if (p < end && bytes[p] === separator) {
    const second = twoDigits(bytes, p + 1);
    if (second < 0 || second > 60) return false;
    stamp.second = second;
    p = readFraction(bytes, p + 3, end, stamp);
  }
  if (p > end) return false;
  stamp.end = p;
  return true;
}

/** `.123456789` or `,123` or `:123` into `stamp.nanos`; further digits are passed over. Answers with the place after it. */
export function readFraction(bytes: Uint8Array, at: number, end: number, stamp: Stamp): number {
  const mark = bytes[at];
  if (at >= end || (mark !== 46 && mark !== 44 && mark !== 58)) return at;
  let p = at + 1;
  let nanos = 0;
  let digits = 0;
  for (; p < end; p++) {
    const value = (bytes[p] ?? 0) - 48;
    if (value < 0 || value > 9) break;
    if (digits < 9) nanos = nanos * 10 + value;
    digits += 1;
  }
  if (digits === 0) return at;
  stamp.nanos = digits >= 9 ? nanos : nanos * (SCALES[digits] ?? 1);
  return p;
}

const SCALES = [1e9, 1e8, 1e7, 1e6, 1e5, 1e4, 1e3, 1e2, 10, 1];

/**
 * `Z`, `UTC`, `GMT`, `+08:00`, `+0800`, `+08`, each after at most one space, into `stamp.zoneSeconds`. Names such as CST mean
 * several zones and are none. Answers with the place after it, or `at` where no zone is.
 */
export function readZone(bytes: Uint8Array, at: number, end: number, stamp: Stamp): number {
  stamp.zoneSeconds = NO_ZONE;
  if (at >= end) return at;
  const p = bytes[at] === 32 ? at + 1 : at;
  if (p >= end) return at;
  const first = bytes[p];
  if (first === 90 || first === 122) {
    if (isLetterOrDigit(bytes[p + 1]) && p + 1 < end) return at;
    stamp.zoneSeconds = 0;
    return p + 1;
  }
  if (first === 43 || first === 45) return readOffset(bytes, p, end, stamp) ?? at;
  if (p + 3 <= end && (isWord(bytes, p, 85, 84, 67) || isWord(bytes, p, 71, 77, 84))) {
    if (p + 3 < end && isLetterOrDigit(bytes[p + 3])) return at;
    stamp.zoneSeconds = 0;
    return p + 3;
  }
  return at;
}

function isWord(bytes: Uint8Array, at: number, a: number, b: number, c: number): boolean {
  return bytes[at] === a && bytes[at + 1] === b && bytes[at + 2] === c;
}

function readOffset(bytes: Uint8Array, at: number, end: number, stamp: Stamp): number | null {
  const hours = twoDigits(bytes, at + 1);
  if (hours < 0 || hours > 14 || at + 3 > end) return null;
  let p = at + 3;
  const colon = bytes[p] === 58 ? 1 : 0;
  const minutes = p + colon + 2 <= end ? twoDigits(bytes, p + colon) : -1;
  if (minutes >= 0) {
    // All zones there are stand on quarters of an hour; other digits are a number of the line's own.
    if (minutes % 15 !== 0 || minutes > 45) return null;
    p += colon + 2;
  } else if (bytes[at - 1] === 32) return null;
  if (p < end && isLetterOrDigit(bytes[p])) return null;
  const seconds = hours * 3600 + Math.max(0, minutes) * 60;
  stamp.zoneSeconds = bytes[at] === 45 ? -seconds : seconds;
  return p;
}

/** The month by its English name of three letters, in any case; 0 for anything else. */
export function monthName(bytes: Uint8Array, at: number): number {
  const key = (((bytes[at] ?? 0) | 32) << 16) | (((bytes[at + 1] ?? 0) | 32) << 8) | ((bytes[at + 2] ?? 0) | 32);
  return MONTHS.get(key) ?? 0;
}

const MONTHS: ReadonlyMap<number, number> = new Map(
  ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"].map((name, index) => [
    (name.charCodeAt(0) << 16) | (name.charCodeAt(1) << 8) | name.charCodeAt(2),
    index + 1,
  ]),
);

/** Whether an English name of a weekday in three letters is at `at`. */
export function isWeekday(bytes: Uint8Array, at: number): boolean {
  const key = (((bytes[at] ?? 0) | 32) << 16) | (((bytes[at + 1] ?? 0) | 32) << 8) | ((bytes[at + 2] ?? 0) | 32);
  return WEEKDAYS.has(key);
}

const WEEKDAYS: ReadonlySet<number> = new Set(
  ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].map(
    (name) => (name.charCodeAt(0) << 16) | (name.charCodeAt(1) << 8) | name.charCodeAt(2),
  ),
);

/** ` AM` or ` PM` after a clock of twelve hours; `stamp.hour` and `stamp.end` move on. A clock of 24 hours is left alone. */
export function readHalfDay(bytes: Uint8Array, end: number, stamp: Stamp): void {
  let p = stamp.end;
  if (bytes[p] === 32) p += 1;
  // Java since 20 writes a narrow no-break space (U+202F) there.
  else if (bytes[p] === 0xe2 && bytes[p + 1] === 0x80 && bytes[p + 2] === 0xaf) p += 3;
  if (p + 2 > end || ((bytes[p + 1] ?? 0) | 32) !== 109) return;
  const half = (bytes[p] ?? 0) | 32;
  if ((half !== 97 && half !== 112) || (p + 2 < end && isLetterOrDigit(bytes[p + 2]))) return;
  if (stamp.hour < 1 || stamp.hour > 12) return;
  stamp.hour = (stamp.hour % 12) + (half === 112 ? 12 : 0);
  stamp.end = p + 2;
}
