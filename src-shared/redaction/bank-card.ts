import { byteAt, digitsEnd, endsHere, numberAt } from "./byte-classes.ts";

const MIN_DIGITS = 13;
const MAX_DIGITS = 19;
const MAX_GROUPS = 5;
const SPACE = 32;
const HYPHEN = 45;

/**
 * The end of the card number that begins with the run of digits `[at, runEnd)`, or 0: 13 to 19 digits that pass Luhn
 * (ISO/IEC 7812-1 annex B) and begin as an issuer's numbers do, in one piece or in the groups in which cards show them
 * (`4-4-4-4…`, `4-6-5`, `6-13`), all with the same separator.
 */
export function bankCardEnd(bytes: Uint8Array, at: number, runEnd: number, to: number): number {
  const length = runEnd - at;
  if (length >= MIN_DIGITS) {
    const whole = length <= MAX_DIGITS && endsHere(bytes, runEnd, to) && isCard(bytes, at, runEnd, length);
    return whole ? runEnd : 0;
  }
  if (length !== 4 && length !== 6) return 0;
  return groupedEnd(bytes, at, runEnd, to);
}

function groupedEnd(bytes: Uint8Array, at: number, firstEnd: number, to: number): number {
  const separator = byteAt(bytes, firstEnd);
  if (separator !== SPACE && separator !== HYPHEN) return 0;
  const groups = [firstEnd - at];
  let digits = firstEnd - at;
  let end = firstEnd;
  let found = 0;
  while (groups.length < MAX_GROUPS && end < to && byteAt(bytes, end) === separator) {
    // A longer group than any of a card's tells enough: it is not read to its end.
    const next = digitsEnd(bytes, end + 1, Math.min(to, end + 1 + MAX_DIGITS));
    const length = next - end - 1;
    if (length === 0 || digits + length > MAX_DIGITS) break;
    groups.push(length);
    digits += length;
    end = next;
    if (digits >= MIN_DIGITS && isGrouping(groups) && endsHere(bytes, end, to) && isCard(bytes, at, end, digits)) {
      found = end;
    }
  }
  return found;
}

function isGrouping(groups: readonly number[]): boolean {
  const last = groups.at(-1) ?? 0;
  if (groups.slice(0, -1).every((length) => length === 4) && last <= 4) return true;
  const [first = 0, second = 0] = groups;
  if (groups.length === 3) return first === 4 && second === 6 && (last === 4 || last === 5);
  return groups.length === 2 && first === 6 && last >= 7;
}

function isCard(bytes: Uint8Array, at: number, end: number, digits: number): boolean {
  let sum = 0;
  let doubled = false;
  let prefix = 0;
  let place = digits;
  for (let index = end - 1; index >= at; index -= 1) {
    const digit = byteAt(bytes, index) - 48;
    if (digit < 0 || digit > 9) continue;
    sum += doubled ? (digit > 4 ? digit * 2 - 9 : digit * 2) : digit;
    doubled = !doubled;
    place -= 1;
    if (place < 6) prefix += digit * 10 ** (5 - place);
  }
  return sum % 10 === 0 && isIssuer(prefix, digits);
}

/** Whether an issuer's numbers begin with these six digits and have this many; by the networks' published ranges. */
function isIssuer(prefix: number, digits: number): boolean {
  const two = Math.floor(prefix / 10_000);
  const three = Math.floor(prefix / 1_000);
  const four = Math.floor(prefix / 100);
  // Visa.
  if (prefix >= 400_000 && prefix <= 499_999) return digits === 13 || digits === 16 || digits === 19;
  // Mastercard; Mir is the range below it.
  if ((two >= 51 && two <= 55) || (four >= 2_221 && four <= 2_720)) return digits === 16;
  if (four >= 2_200 && four <= 2_204) return digits >= 16;
  // American Express.
  if (two === 34 || two === 37) return digits === 15;
  // Diners Club.
  if (two === 36 || two === 38 || two === 39 || (three >= 300 && three <= 305)) return digits >= 14;
  // JCB.
  if (four >= 3_528 && four <= 3_589) return digits >= 16;
  // UnionPay, and the cards of Chinese banks from before it, such as ICBC's 9558.
  if (two === 62 || two === 81 || two === 60 || four === 9_558) return digits >= 16;
  // Discover, RuPay and Maestro.
  if (two === 64 || two === 65 || two === 82) return digits >= 16;
  return two === 50 || (two >= 56 && two <= 58) || two === 61 || two === 63 || (two >= 66 && two <= 69);
}

/** The Luhn check digit for the digits of a text. */
export function luhnCheckDigit(digits: string): number {
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    const digit = digits.charCodeAt(digits.length - 1 - index) - 48;
    sum += index % 2 === 0 ? (digit > 4 ? digit * 2 - 9 : digit * 2) : digit;
  }
  return (10 - (sum % 10)) % 10;
}

/** Whether the run begins with an issuer's first two digits: what most numbers fail at once. */
export function mayBeCard(bytes: Uint8Array, at: number): boolean {
  const two = numberAt(bytes, at, 2);
  return two >= 22 && (two <= 69 || two === 81 || two === 82 || two === 95);
}
