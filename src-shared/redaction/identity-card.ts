import { byteAt, isDigit, numberAt } from "./byte-classes.ts";

/** GB/T 2260: the first two digits of a resident number name a province. */
const PROVINCES: ReadonlySet<number> = new Set([
  11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52, 53, 54, 61, 62, 63,
  64, 65, 71, 81, 82, 83,
]);
/** GB 11643: weight of digit `i` is 2^(17−i) modulo 11, and the sum's rest chooses the check character. */
const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2] as const;
const CHECK_CHARACTERS = "10X98765432";
const MONTH_DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

/** The check character of the 17 digits at `at`. */
export function residentCheckCharacter(bytes: Uint8Array, at: number): string {
  let sum = 0;
  for (const [index, weight] of WEIGHTS.entries()) sum += weight * (byteAt(bytes, at + index) - 48);
  return CHECK_CHARACTERS.charAt(sum % 11);
}

/**
 * The length of the resident number that begins with a run of `digits` digits, or 0. Eighteen characters have a check
 * character (GB 11643-1999); the fifteen digits from before 1999 have none, so that only place and date speak for them.
 */
export function identityCardLength(bytes: Uint8Array, at: number, digits: number): number {
  if (digits !== 15 && digits !== 17 && digits !== 18) return 0;
  if (!PROVINCES.has(numberAt(bytes, at, 2))) return 0;
  if (digits === 15) return isDate(1900 + numberAt(bytes, at + 6, 2), bytes, at + 8) ? 15 : 0;
  const year = numberAt(bytes, at + 6, 4);
  if (year < 1900 || year > 2099 || !isDate(year, bytes, at + 10)) return 0;
  const last = byteAt(bytes, at + 17);
  // x or X.
  if (!isDigit(last) && (last | 32) !== 120) return 0;
  return String.fromCharCode(last).toUpperCase() === residentCheckCharacter(bytes, at) ? 18 : 0;
}

function isDate(year: number, bytes: Uint8Array, at: number): boolean {
  const month = numberAt(bytes, at, 2);
  const day = numberAt(bytes, at + 2, 2);
  const days = MONTH_DAYS[month - 1] ?? 0;
  if (day < 1 || day > days) return false;
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month !== 2 || day < 29 || leap;
}
