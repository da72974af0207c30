import { beginsHere, byteAt, digitsEnd, endsHere, isDigit, numberAt } from "./byte-classes.ts";

const SPACE = 32;
const OPEN = 40;
const CLOSE = 41;
const PLUS = 43;
const HYPHEN = 45;
/** ITU-T E.164: at most 15 digits with the country's; shorter than eight is no subscriber's number. */
const MIN_DIGITS = 8;
const MAX_DIGITS = 15;

/**
 * The end of the mobile number of mainland China that begins with the run of digits `[at, runEnd)`, or 0: eleven digits
 * with an operator's first three, in one piece, `3-4-4`, or after `86` or `0086`.
 */
export function mobileNumberEnd(bytes: Uint8Array, at: number, runEnd: number, to: number): number {
  const length = runEnd - at;
  if (length === 3) return groupedEnd(bytes, at, runEnd, to);
  const prefix = length - 11;
  if (prefix !== 0 && prefix !== 2 && prefix !== 4) return 0;
  if (prefix > 0 && numberAt(bytes, at, prefix) !== 86) return 0;
  return isOperator(numberAt(bytes, at + prefix, 3)) && endsHere(bytes, runEnd, to) ? runEnd : 0;
}

function groupedEnd(bytes: Uint8Array, at: number, runEnd: number, to: number): number {
  const separator = byteAt(bytes, runEnd);
  if ((separator !== SPACE && separator !== HYPHEN) || !isOperator(numberAt(bytes, at, 3))) return 0;
  const second = digitsEnd(bytes, runEnd + 1, Math.min(to, runEnd + 6));
  if (second !== runEnd + 5 || byteAt(bytes, second) !== separator) return 0;
  const third = digitsEnd(bytes, second + 1, Math.min(to, second + 6));
  return third === second + 5 && endsHere(bytes, third, to) ? third : 0;
}

/** The number segments that the ministry (MIIT) has given to mobile operators. */
function isOperator(segment: number): boolean {
  const last = segment % 10;
  switch (Math.floor(segment / 10)) {
    case 13:
    case 18:
      return true;
    case 14:
      return last >= 5;
    case 15:
    case 19:
      return last !== 4;
    case 16:
      return last === 2 || last >= 5;
    case 17:
      return last <= 8;
    default:
      return false;
  }
}

/** The end of the international number whose `+` is at `at`, or 0: `+8613812345678`, `+44 20 7946 0958`, `+1 (415) 555-2671`. */
export function internationalNumberEnd(bytes: Uint8Array, at: number, from: number, to: number): number {
  if (!beginsHere(bytes, at, from) || (at > from && byteAt(bytes, at - 1) === PLUS)) return 0;
  if (!isDigit(byteAt(bytes, at + 1)) || byteAt(bytes, at + 1) === 48) return 0;
  let end = at + 1;
  let digits = 0;
  let found = 0;
  for (;;) {
    const next = digitsEnd(bytes, end, Math.min(to, end + MAX_DIGITS + 1));
    digits += next - end;
    if (next === end || digits > MAX_DIGITS) break;
    end = next;
    if (digits >= MIN_DIGITS && endsHere(bytes, end, to) && hasCountryLength(bytes, at + 1, digits)) found = end;
    // What stands behind a number in one piece is another number.
    if (digits >= MIN_DIGITS && digits === end - at - 1) break;
    const start = groupStart(bytes, end, to);
    if (start === 0) break;
    end = start;
  }
  return found;
}

/** Where the next group begins behind a separator, or 0. */
function groupStart(bytes: Uint8Array, at: number, to: number): number {
  let place = at;
  if (byteAt(bytes, place) === CLOSE) place += 1;
  if (byteAt(bytes, place) === SPACE || byteAt(bytes, place) === HYPHEN) place += 1;
  if (byteAt(bytes, place) === OPEN) place += 1;
  return place > at && place < to && isDigit(byteAt(bytes, place)) ? place : 0;
}

/** Numbers of North America and of Russia and Kazakhstan have eleven digits; those of China eleven to thirteen. */
function hasCountryLength(bytes: Uint8Array, at: number, digits: number): boolean {
  const first = byteAt(bytes, at) - 48;
  if (first === 1 || first === 7) return digits === 11;
  if (first !== 8 || numberOfTwo(bytes, at) !== 86) return true;
  return digits >= 11 && digits <= 13;
}

function numberOfTwo(bytes: Uint8Array, at: number): number {
  // The second digit may stand behind a separator; then it is not China's code.
  return isDigit(byteAt(bytes, at + 1)) ? numberAt(bytes, at, 2) : 0;
}
