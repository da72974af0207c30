import type { Stamp, StampParser } from "./stamp.ts";
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

const encoder = new TextEncoder();
const YEAR = encoder.encode("年");
const MONTH = encoder.encode("月");
const DAY = encoder.encode("日");
const HOUR = encoder.encode("时");
const MINUTE = encoder.encode("分");
const SECOND = encoder.encode("秒");
const FORENOON = encoder.encode("上午");
const AFTERNOON = encoder.encode("下午");
const WEEKDAY = encoder.encode("星期");
/** Bytes of one Chinese character. */
const CHARACTER_BYTES = 3;

/**
 * As Java and its servers write times in a Chinese locale: `2026年11月20日 10:00:00`, `2026-11-20 下午10时00分00秒`, `2026年11月20日 星期五
 * 上午10时00分00秒 CST`, `11月 20, 2026 10:00:00 下午`, `20-11月-2026 10:00:00.123`.
 */
export const chineseStamp: StampParser = (bytes, at, end, stamp) => {
  let p = yearFirst(bytes, at, stamp);
  const namesMonth = p < 0 || has(bytes, at + 4, YEAR);
  if (p < 0) p = monthFirst(bytes, at, stamp);
  if (p < 0) p = dayFirst(bytes, at, stamp);
  if (p < 0 || stamp.month < 1 || stamp.month > 12 || stamp.day < 1 || stamp.day > 31) return false;
  p = skipSpace(bytes, p);
  if (has(bytes, p, WEEKDAY)) p = skipSpace(bytes, p + WEEKDAY.length + CHARACTER_BYTES);
  const before = halfDay(bytes, p);
  if (before !== 0) p = skipSpace(bytes, p + FORENOON.length);
  const marked = markedClock(bytes, p, end, stamp);
  if (!marked && !readClock(bytes, p, end, stamp, 58, true)) return false;
  readHalfDay(bytes, end, stamp);
  const behind = before === 0 ? halfDay(bytes, skipSpace(bytes, stamp.end)) : 0;
  if (behind !== 0) stamp.end = skipSpace(bytes, stamp.end) + FORENOON.length;
  if (!toFullDay(stamp, before + behind)) return false;
  stamp.end = readZone(bytes, stamp.end, end, stamp);
  // Only where something of it is Chinese; the rest is other rules'.
  const isChinese = marked || namesMonth || before + behind !== 0;
  return isChinese && stamp.end <= end && (stamp.end === end || !isLetterOrDigit(bytes[stamp.end]));
};

function yearFirst(bytes: Uint8Array, at: number, stamp: Stamp): number {
  const year = fourDigits(bytes, at);
  if (year < 0) return -1;
  const named = has(bytes, at + 4, YEAR);
  if (!named && bytes[at + 4] !== 45 && bytes[at + 4] !== 47) return -1;
  const month = named ? at + 4 + YEAR.length : at + 5;
  const afterMonth = month + digits(bytes, month);
  const day = named ? afterMonth + MONTH.length : afterMonth + 1;
  if (named ? !has(bytes, afterMonth, MONTH) : bytes[afterMonth] !== bytes[at + 4]) return -1;
  const afterDay = day + digits(bytes, day);
  if (named && !has(bytes, afterDay, DAY)) return -1;
  stamp.year = year;
  stamp.month = number(bytes, month);
  stamp.day = number(bytes, day);
  return named ? afterDay + DAY.length : afterDay;
}

function monthFirst(bytes: Uint8Array, at: number, stamp: Stamp): number {
  if (!monthMark(bytes, at)) return -1;
  const day = skipSpace(bytes, at + digits(bytes, at) + MONTH.length);
  const afterDay = day + digits(bytes, day);
  const year = skipSpace(bytes, bytes[afterDay] === 44 ? afterDay + 1 : afterDay);
  if (fourDigits(bytes, year) < 0) return -1;
  stamp.year = fourDigits(bytes, year);
  stamp.month = number(bytes, at);
  stamp.day = number(bytes, day);
  return bytes[year + 4] === 44 ? year + 5 : year + 4;
}

function dayFirst(bytes: Uint8Array, at: number, stamp: Stamp): number {
  const month = at + digits(bytes, at) + 1;
  const mark = bytes[month - 1];
  const afterMonth = month + digits(bytes, month) + MONTH.length;
  if ((mark !== 45 && mark !== 32) || !monthMark(bytes, month) || bytes[afterMonth] !== mark) return -1;
  const year = fourDigits(bytes, afterMonth + 1);
  if (year < 0) return -1;
  stamp.year = year;
  stamp.month = number(bytes, month);
  stamp.day = number(bytes, at);
  return afterMonth + 5;
}

/** `10时00分00秒`, with a fraction. */
function markedClock(bytes: Uint8Array, at: number, end: number, stamp: Stamp): boolean {
  const minute = at + digits(bytes, at) + HOUR.length;
  const second = minute + digits(bytes, minute) + MINUTE.length;
  const afterSecond = second + digits(bytes, second);
  if (!has(bytes, minute - HOUR.length, HOUR) || !has(bytes, second - MINUTE.length, MINUTE)) return false;
  stamp.nanos = 0;
  const mark = readFraction(bytes, afterSecond, end, stamp);
  if (!has(bytes, mark, SECOND)) return false;
  stamp.hour = number(bytes, at);
  stamp.minute = number(bytes, minute);
  stamp.second = number(bytes, second);
  stamp.end = mark + SECOND.length;
  return stamp.hour >= 0 && stamp.hour <= 23 && stamp.minute >= 0 && stamp.minute <= 59 && stamp.second >= 0;
}

/** 1 before noon, 2 after it, 0 where it is not said. */
function halfDay(bytes: Uint8Array, at: number): number {
  return has(bytes, at, FORENOON) ? 1 : has(bytes, at, AFTERNOON) ? 2 : 0;
}

function toFullDay(stamp: Stamp, half: number): boolean {
  if (half === 0) return true;
  if (stamp.hour > 12) return half === 2;
  stamp.hour = (stamp.hour % 12) + (half === 2 ? 12 : 0);
  return true;
}

function monthMark(bytes: Uint8Array, at: number): boolean {
  return digit(bytes, at) >= 0 && has(bytes, at + digits(bytes, at), MONTH);
}

/** How many digits are at `at`: two at most. */
function digits(bytes: Uint8Array, at: number): number {
  return digit(bytes, at) < 0 ? 0 : digit(bytes, at + 1) < 0 ? 1 : 2;
}

function number(bytes: Uint8Array, at: number): number {
  const pair = twoDigits(bytes, at);
  return pair >= 0 ? pair : digit(bytes, at);
}

function has(bytes: Uint8Array, at: number, text: Uint8Array): boolean {
  for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text[i]) return false;
  return true;
}

function skipSpace(bytes: Uint8Array, at: number): number {
  return bytes[at] === 32 ? at + 1 : at;
}
