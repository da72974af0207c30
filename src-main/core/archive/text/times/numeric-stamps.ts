import { EPOCH, NO_YEAR, NO_ZONE, type Stamp, type StampParser } from "./stamp.ts";
import {
  digit,
  fourDigits,
  isLetterOrDigit,
  readClock,
  readFraction,
  readHalfDay,
  readZone,
  twoDigits,
} from "./stamp-parts.ts";

/**
 * `2026-11-20T10:00:00.123456789Z` (RFC 3339) and its kin: the date with `-`, `/` or `.`; `T`, a space, `_`, `-` or `:` before the
 * clock; any fraction; any zone or none; `2005-06-03-15.42.50.675872` with points in the clock.
 */
export const isoStamp: StampParser = (bytes, at, end, stamp) => {
  const year = fourDigits(bytes, at);
  const mark = bytes[at + 4];
  const month = twoDigits(bytes, at + 5);
  const day = twoDigits(bytes, at + 8);
  if (year < 0 || month < 0 || day < 0 || bytes[at + 7] !== mark) return false;
  if (mark !== 45 && mark !== 47 && mark !== 46) return false;
  if (!setDate(stamp, year, month, day)) return false;
  const between = bytes[at + 10];
  if (between === 45) {
    if (!readClock(bytes, at + 11, end, stamp, 46) && !readClock(bytes, at + 11, end, stamp)) return false;
  } else {
    if (between !== 84 && between !== 32 && between !== 95 && between !== 116 && between !== 58) return false;
    if (!readClock(bytes, at + 11, end, stamp)) return false;
    if (between === 32) readHalfDay(bytes, end, stamp);
  }
  return endWithZone(bytes, end, stamp);
};

/** `20261120T100000Z`, `20261120 10:00:00`, `20261120-10:00:00:123` (its parts may be of one digit), `20261120100000`. */
export const compactIsoStamp: StampParser = (bytes, at, end, stamp) => {
  const year = fourDigits(bytes, at);
  const month = twoDigits(bytes, at + 4);
  const day = twoDigits(bytes, at + 6);
  if (year < 1970 || year > 2261 || month < 1 || day < 1 || !setDate(stamp, year, month, day)) return false;
  let p = at + 8;
  const between = bytes[p];
  if (between === 84 || between === 32 || between === 45 || between === 95) p += 1;
  if (between !== undefined && p > at + 8 && looseClock(bytes, p, end, stamp)) return endWithZone(bytes, end, stamp);
  return plainClock(bytes, p, end, stamp) && endWithZone(bytes, end, stamp);
};

/** `081109 203615`: year, month and day of two digits each, then the clock without separators or with colons. */
export const yearMonthDayStamp: StampParser = (bytes, at, end, stamp) => {
  const year = twoDigits(bytes, at);
  if (year < 0 || bytes[at + 6] !== 32) return false;
  if (!setDate(stamp, shortYear(year), twoDigits(bytes, at + 2), twoDigits(bytes, at + 4))) return false;
  if (stamp.month === 0) return false;
  if (!readClock(bytes, at + 7, end, stamp, 58, true) && !plainClock(bytes, at + 7, end, stamp)) return false;
  return endWithZone(bytes, end, stamp);
};

/**
 * `17/06/09 20:10:40`, as log4j's `yy/MM/dd` writes it. Not `11/10/26 9:05:03:123`: WebSphere, which has a colon before the
 * milliseconds, writes the year first only with `-`.
 */
export const shortYearFirstStamp: StampParser = (bytes, at, end, stamp) => {
  if (!threePairs(bytes, at, end, stamp, 0, 1, 2)) return false;
  return bytes[at + 2] !== 47 || (bytes[at + 16] !== 58 && bytes[at + 17] !== 58);
};

/** `20/06/17 20:10:40` with the day first. */
export const shortDayFirstStamp: StampParser = (bytes, at, end, stamp) => threePairs(bytes, at, end, stamp, 2, 1, 0);

/** `06/20/17 20:10:40` with the month first. */
export const shortMonthFirstStamp: StampParser = (bytes, at, end, stamp) => threePairs(bytes, at, end, stamp, 2, 0, 1);

/** `20/11/2026 10:00:00`, also with `-` or `.`, a comma after the year, AM and PM. */
export const dayFirstStamp: StampParser = (bytes, at, end, stamp) => dayAndMonth(bytes, at, end, stamp, true);

/** `11/20/2026 10:00:00 AM`, with the month first. */
export const monthFirstStamp: StampParser = (bytes, at, end, stamp) => dayAndMonth(bytes, at, end, stamp, false);

/** `03-17 16:13:38.811` and `03.17 16:13:38`, month and day without a year, as Android's logcat writes it. */
export const monthDayStamp: StampParser = (bytes, at, end, stamp) => {
  const mark = bytes[at + 2];
  if ((mark !== 45 && mark !== 46 && mark !== 47) || bytes[at + 5] !== 32) return false;
  const month = twoDigits(bytes, at);
  const day = twoDigits(bytes, at + 3);
  if (month < 1 || day < 1 || !setDate(stamp, NO_YEAR, month, day)) return false;
  if (!readClock(bytes, at + 6, end, stamp) || bytes[at + 11] !== 58) return false;
  return endWithZone(bytes, end, stamp);
};

/** klog: `I1120 10:00:00.123456`, a letter for the severity, month and day, no year. */
export const klogStamp: StampParser = (bytes, at, end, stamp) => {
  const severity = bytes[at];
  if (severity !== 73 && severity !== 87 && severity !== 69 && severity !== 70 && severity !== 68) return false;
  const month = twoDigits(bytes, at + 1);
  const day = twoDigits(bytes, at + 3);
  if (month < 1 || day < 1 || bytes[at + 5] !== 32 || !setDate(stamp, NO_YEAR, month, day)) return false;
  if (!readClock(bytes, at + 6, end, stamp) || stamp.end < at + 14) return false;
  return endWithZone(bytes, end, stamp);
};

/** Seconds (also with a fraction), milliseconds, microseconds or nanoseconds since the epoch, of the years 2001 to 2100. */
export const epochStamp: StampParser = (bytes, at, end, stamp) => {
  let p = at;
  while (p < end && p - at < 20 && digit(bytes, p) >= 0) p += 1;
  const digits = p - at;
  if (digits !== 10 && digits !== 13 && digits !== 16 && digits !== 19) return false;
  let seconds = 0;
  for (let i = at; i < at + 10; i++) seconds = seconds * 10 + digit(bytes, i);
  if (seconds < 978_307_200 || seconds >= 4_133_980_800) return false;
  let nanos = 0;
  for (let i = at + 10; i < at + 19; i++) nanos = nanos * 10 + (i < p ? digit(bytes, i) : 0);
  stamp.nanos = nanos;
  stamp.end = p;
  if (digits === 10 && bytes[p] === 46) stamp.end = readFraction(bytes, p, end, stamp);
  stamp.year = EPOCH;
  stamp.epochSeconds = seconds;
  stamp.zoneSeconds = 0;
  return stamp.end >= end || !isLetterOrDigit(bytes[stamp.end]);
};

/** Months and days that could be; 0 only with the year 0, as databases write "never". */
function setDate(stamp: Stamp, year: number, month: number, day: number): boolean {
  if (month > 12 || day > 31 || month < 0 || day < 0) return false;
  if ((month === 0 || day === 0) && year !== 0) return false;
  stamp.year = year;
  stamp.month = month;
  stamp.day = day;
  return true;
}

/** POSIX: 69–99 are of the 20th century, 00–68 of the 21st. */
function shortYear(year: number): number {
  return year < 69 ? 2000 + year : 1900 + year;
}

function endWithZone(bytes: Uint8Array, end: number, stamp: Stamp): boolean {
  stamp.end = readZone(bytes, stamp.end, end, stamp);
  return stamp.end >= end || !isLetterOrDigit(bytes[stamp.end]);
}

function threePairs(
  bytes: Uint8Array,
  at: number,
  end: number,
  stamp: Stamp,
  yearPair: number,
  monthPair: number,
  dayPair: number,
): boolean {
  const mark = bytes[at + 2];
  if ((mark !== 47 && mark !== 45 && mark !== 46) || bytes[at + 5] !== mark || bytes[at + 8] !== 32) return false;
  const year = twoDigits(bytes, at + 3 * yearPair);
  const month = twoDigits(bytes, at + 3 * monthPair);
  const day = twoDigits(bytes, at + 3 * dayPair);
  if (year < 0 || month < 1 || day < 1 || !setDate(stamp, shortYear(year), month, day)) return false;
  if (!readClock(bytes, at + 9, end, stamp, 58, true)) return false;
  readHalfDay(bytes, end, stamp);
  return endWithZone(bytes, end, stamp);
}

function dayAndMonth(bytes: Uint8Array, at: number, end: number, stamp: Stamp, dayFirst: boolean): boolean {
  let p = at;
  const first = twoDigits(bytes, p);
  const one = first >= 0 ? first : digit(bytes, p);
  p += first >= 0 ? 2 : 1;
  const mark = bytes[p];
  if (one < 1 || (mark !== 47 && mark !== 45 && mark !== 46)) return false;
  const second = twoDigits(bytes, p + 1);
  const two = second >= 0 ? second : digit(bytes, p + 1);
  p += second >= 0 ? 3 : 2;
  const year = fourDigits(bytes, p + 1);
  if (two < 1 || bytes[p] !== mark || year < 0) return false;
  if (!setDate(stamp, year, dayFirst ? two : one, dayFirst ? one : two)) return false;
  p += 5;
  if (bytes[p] === 44) p += 1;
  if (bytes[p] !== 32 && bytes[p] !== 84 && bytes[p] !== 58) return false;
  if (!readClock(bytes, p + 1, end, stamp, 58, true)) return false;
  readHalfDay(bytes, end, stamp);
  stamp.end = readZone(bytes, stamp.end, end, stamp);
  return stamp.end >= end || !isLetterOrDigit(bytes[stamp.end]);
}

/** `100000`, with a fraction. */
function plainClock(bytes: Uint8Array, at: number, end: number, stamp: Stamp): boolean {
  const hour = twoDigits(bytes, at);
  const minute = twoDigits(bytes, at + 2);
  const second = twoDigits(bytes, at + 4);
  if (at + 6 > end || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) return false;
  stamp.hour = hour;
  stamp.minute = minute;
  stamp.second = second;
  stamp.nanos = 0;
  stamp.zoneSeconds = NO_ZONE;
  stamp.end = readFraction(bytes, at + 6, end, stamp);
  return true;
}

/** `9:5:7:12`: parts of one or two digits with colons, and a count of milliseconds after a further colon. */
function looseClock(bytes: Uint8Array, at: number, end: number, stamp: Stamp): boolean {
  let p = at;
  const parts = [0, 0, 0];
  for (let part = 0; part < 3; part++) {
    const pair = twoDigits(bytes, p);
    const value = pair >= 0 ? pair : digit(bytes, p);
    if (value < 0) return false;
    parts[part] = value;
    p += pair >= 0 ? 2 : 1;
    if (part < 2) {
      if (bytes[p] !== 58) return false;
      p += 1;
    }
  }
  const [hour = 0, minute = 0, second = 0] = parts;
  if (p > end || hour > 23 || minute > 59 || second > 60) return false;
  stamp.hour = hour;
  stamp.minute = minute;
  stamp.second = second;
  stamp.nanos = 0;
  if (bytes[p] === 58 && digit(bytes, p + 1) >= 0) {
    let millis = 0;
    let q = p + 1;
    while (q < end && q < p + 4 && digit(bytes, q) >= 0) {
      millis = millis * 10 + digit(bytes, q);
      q += 1;
    }
    stamp.nanos = millis * 1_000_000;
    p = q;
  } else p = readFraction(bytes, p, end, stamp);
  stamp.end = p;
  return true;
}
