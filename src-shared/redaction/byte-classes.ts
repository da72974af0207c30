/** What a byte is, as bits: all patterns ask the same few questions, and ask them of every byte. */
export const DIGIT = 1;
export const LETTER = 2;
const LOCAL_PART = 4;
const TOKEN = 8;
const ENDS_BARE_VALUE = 16;
export const ALPHANUMERIC = DIGIT | LETTER;

const CLASSES = byteClasses();

function byteClasses(): Uint8Array {
  const classes = new Uint8Array(256);
  const mark = (characters: string, bit: number) => {
    for (const character of characters)
      classes[character.charCodeAt(0)] = (classes[character.charCodeAt(0)] ?? 0) | bit;
  };
  const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  const digits = "0123456789";
  mark(digits, DIGIT);
  mark(letters, LETTER);
  mark(`${letters}${digits}._%+-`, LOCAL_PART);
  // RFC 6750 §2.1 `b64token`; `=` may only end it.
  mark(`${letters}${digits}-._~+/`, TOKEN);
  mark(` \t\r\n\v\f"'\`,;&(){}[]<>|\\`, ENDS_BARE_VALUE);
  return classes;
}

/** The byte at a place; 0 outside. */
export function byteAt(bytes: Uint8Array, at: number): number {
  return bytes[at] ?? 0;
}

export function isDigit(byte: number): boolean {
  return byte >= 48 && byte <= 57;
}

export function isAlphanumeric(byte: number): boolean {
  return ((CLASSES[byte] ?? 0) & ALPHANUMERIC) !== 0;
}

export function isLetter(byte: number): boolean {
  return ((CLASSES[byte] ?? 0) & LETTER) !== 0;
}

export function isLocalPart(byte: number): boolean {
  return ((CLASSES[byte] ?? 0) & LOCAL_PART) !== 0;
}

export function isToken(byte: number): boolean {
  return ((CLASSES[byte] ?? 0) & TOKEN) !== 0;
}

export function endsBareValue(byte: number): boolean {
  return ((CLASSES[byte] ?? 0) & ENDS_BARE_VALUE) !== 0;
}

export function isBlank(byte: number): boolean {
  return byte === 32 || byte === 9;
}

function isHex(byte: number): boolean {
  return isDigit(byte) || (byte >= 65 && byte <= 70) || (byte >= 97 && byte <= 102);
}

const BACKSLASH = 92;
const PERCENT = 37;
const POINT = 46;

/**
 * Whether a word or number may begin here: nothing of one stands before. What is no ASCII is a border, since Chinese puts no
 * spaces around numbers; so is an escape (`\n` in JSON, `%2B` in a URL), whose last letter belongs to it.
 */
export function beginsHere(bytes: Uint8Array, at: number, from: number): boolean {
  if (at <= from) return true;
  const before = byteAt(bytes, at - 1);
  if (isAlphanumeric(before)) {
    if (at - 2 >= from && byteAt(bytes, at - 2) === BACKSLASH) return !isDigit(before);
    return at - 3 >= from && byteAt(bytes, at - 3) === PERCENT && isHex(byteAt(bytes, at - 2)) && isHex(before);
  }
  // The fraction of a number.
  return !(before === POINT && at - 2 >= from && isDigit(byteAt(bytes, at - 2)));
}

/** Whether a word or number may end before `at`. */
export function endsHere(bytes: Uint8Array, at: number, to: number): boolean {
  if (at >= to) return true;
  const next = byteAt(bytes, at);
  if (isAlphanumeric(next)) return false;
  return !(next === POINT && at + 1 < to && isDigit(byteAt(bytes, at + 1)));
}

/** The end of the run of digits that begins at `at`. */
export function digitsEnd(bytes: Uint8Array, at: number, to: number): number {
  let end = at;
  while (end < to && isDigit(byteAt(bytes, end))) end += 1;
  return end;
}

/** The value of `count` digits; 0 for none. */
export function numberAt(bytes: Uint8Array, at: number, count: number): number {
  let value = 0;
  for (let index = at; index < at + count; index += 1) value = value * 10 + byteAt(bytes, index) - 48;
  return value;
}

/** Whether the lower-case ASCII word stands here, in any case. */
export function hasWord(bytes: Uint8Array, at: number, word: string, from: number, to: number): boolean {
  if (at < from || at + word.length > to) return false;
  for (let index = 0; index < word.length; index += 1) {
    if ((byteAt(bytes, at + index) | 32) !== word.charCodeAt(index)) return false;
  }
  return true;
}
