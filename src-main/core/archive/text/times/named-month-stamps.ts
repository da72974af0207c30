import { NO_YEAR, NO_ZONE, type Stamp, type StampParser } from "./stamp.ts";
import {
  digit,
  fourDigits,
  isLetterOrDigit,
  isWeekday,
  monthName,
  readClock,
  readHalfDay,
  readZone,
  twoDigits,
} from "./stamp-parts.ts";

/**
 * `20/Nov/2026:10:00:00 +0000` (access logs), `20-Nov-2026 10:00:00.123` (Tomcat, BIND), `20 Nov 2026 10:00:00,123` (log4j, Redis),
 * `Fri, 20 Nov 2026 10:00:00 GMT` (RFC 1123).
 */
export const dayMonthYearStamp: StampParser = (bytes, at, end, stamp) => {
  let p = afterWeekday(bytes, at);
  const day = dayNumber(bytes, p);
  if (day < 1) return false;
  p += twoDigits(bytes, p) >= 0 ? 2 : 1;
  const mark = bytes[p];
  if (mark !== 47 && mark !== 45 && mark !== 32) return false;
  const month = monthName(bytes, p + 1);
  const year = fourDigits(bytes, p + 5);
  if (month === 0 || year < 0 || bytes[p + 4] !== mark) return false;
  p += 9;
  if (bytes[p] === 44) p += 1;
  if (bytes[p] !== 58 && bytes[p] !== 32) return false;
  setDate(stamp, year, month, day);
  if (!readClock(bytes, p + 1, end, stamp, 58, true)) return false;
  readHalfDay(bytes, end, stamp);
  return endWithZone(bytes, end, stamp);
};

/** `Sun Dec 04 04:47:44 2005`, also with a fraction, and with a zone before the year as `date` prints it. */
export const asctimeStamp: StampParser = (bytes, at, end, stamp) => {
  const p = afterWeekday(bytes, at);
  if (!monthDayClock(bytes, p, end, stamp)) return false;
  let after = readZone(bytes, stamp.end, end, stamp);
  // A name of a zone that means several is passed over: the time is then without one.
  if (after === stamp.end) after = afterZoneName(bytes, after);
  const year = bytes[after] === 32 ? fourDigits(bytes, after + 1) : -1;
  if (year < 1900 || (after + 5 < end && isLetterOrDigit(bytes[after + 5]))) return false;
  stamp.year = year;
  stamp.end = after + 5;
  if (stamp.zoneSeconds === NO_ZONE) stamp.end = readZone(bytes, stamp.end, end, stamp);
  return stamp.end <= end;
};

/** Syslog of RFC 3164: `Jun 14 15:16:01`, `Jul  1 09:00:55.123`; no year. */
export const syslogStamp: StampParser = (bytes, at, end, stamp) =>
  monthDayClock(bytes, at, end, stamp) && endWithZone(bytes, end, stamp);

/** `Nov 20 2026 10:00:00` (Cisco), `Nov 20, 2026 10:00:00 AM` and `Nov 20, 2026, 10:00:00 AM` (Java). */
export const monthDayYearStamp: StampParser = (bytes, at, end, stamp) => {
  const month = monthName(bytes, at);
  if (month === 0 || bytes[at + 3] !== 32) return false;
  let p = bytes[at + 4] === 32 ? at + 5 : at + 4;
  const day = dayNumber(bytes, p);
  if (day < 1) return false;
  p += twoDigits(bytes, p) >= 0 ? 2 : 1;
  if (bytes[p] === 44) p += 1;
  const year = bytes[p] === 32 ? fourDigits(bytes, p + 1) : -1;
  if (year < 0) return false;
  p += 5;
  if (bytes[p] === 44) p += 1;
  if (bytes[p] !== 32) return false;
  setDate(stamp, year, month, day);
  if (!readClock(bytes, p + 1, end, stamp, 58, true)) return false;
  readHalfDay(bytes, end, stamp);
  return endWithZone(bytes, end, stamp);
};

function monthDayClock(bytes: Uint8Array, at: number, end: number, stamp: Stamp): boolean {
  const month = monthName(bytes, at);
  if (month === 0 || bytes[at + 3] !== 32) return false;
  let p = bytes[at + 4] === 32 ? at + 5 : at + 4;
  const day = dayNumber(bytes, p);
  if (day < 1) return false;
  p += twoDigits(bytes, p) >= 0 ? 2 : 1;
  if (bytes[p] !== 32) return false;
  setDate(stamp, NO_YEAR, month, day);
  return readClock(bytes, p + 1, end, stamp) && stamp.end >= p + 9;
}

function afterWeekday(bytes: Uint8Array, at: number): number {
  if (!isWeekday(bytes, at)) return at;
  const comma = bytes[at + 3] === 44 ? 1 : 0;
  return bytes[at + 3 + comma] === 32 ? at + 4 + comma : at;
}

function afterZoneName(bytes: Uint8Array, at: number): number {
  if (bytes[at] !== 32) return at;
  let p = at + 1;
  while (p < at + 6 && (bytes[p] ?? 0) >= 65 && (bytes[p] ?? 0) <= 90) p += 1;
  return p > at + 2 ? p : at;
}

function dayNumber(bytes: Uint8Array, at: number): number {
  const pair = twoDigits(bytes, at);
  const day = pair >= 0 ? pair : digit(bytes, at);
  return day <= 31 ? day : -1;
}

function setDate(stamp: Stamp, year: number, month: number, day: number): void {
  stamp.year = year;
  stamp.month = month;
  stamp.day = day;
}

function endWithZone(bytes: Uint8Array, end: number, stamp: Stamp): boolean {
  stamp.end = readZone(bytes, stamp.end, end, stamp);
  return stamp.end >= end || !isLetterOrDigit(bytes[stamp.end]);
}
