import {
  beginsHere,
  byteAt,
  endsBareValue,
  hasWord,
  isAlphanumeric,
  isBlank,
  isDigit,
  isToken,
} from "./byte-classes.ts";

/** A place in the bytes, `[start, end)`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

const EQUALS = 61;
const COLON = 58;
const BACKSLASH = 92;
const DOUBLE_QUOTE = 34;
const SINGLE_QUOTE = 39;
const HYPHEN = 45;
const POINT = 46;
const UNDERSCORE = 95;
const MAX_BLANKS = 16;
const MIN_VALUE = 4;
const MIN_BEARER = 6;
const LONG_VALUE = 64;

/** Schemes of `Authorization` with one credential behind them, and those with a list of parameters. */
const SCHEMES = ["basic", "bearer", "negotiate", "ntlm", "token", "apikey"] as const;
const LIST_SCHEMES = ["digest", "hawk", "oauth", "signature", "aws4-hmac-sha256"] as const;
const NO_VALUES = ["null", "none", "nil", "true", "false", "undefined"] as const;

/** The credential behind `Bearer ` at `at` (RFC 6750), or `null`: prose such as "bearer of news" is none. */
export function bearerCredential(bytes: Uint8Array, at: number, from: number, to: number): Span | null {
  if (!hasWord(bytes, at, "bearer", from, to) || !beginsHere(bytes, at, from)) return null;
  const start = afterBlanks(bytes, at + 6, to);
  if (start === at + 6) return null;
  const end = tokenEnd(bytes, start, to);
  return end - start >= MIN_BEARER && isNoWord(bytes, start, end) ? { start, end } : null;
}

/** The credential of `Authorization: …` or `"authorization":"…"`; `at` is the place of its `z`. Its scheme stays. */
export function authorizationCredential(bytes: Uint8Array, at: number, from: number, to: number): Span | null {
  if (!hasWord(bytes, at - 7, "authorization", from, to)) return null;
  const value = valueBehind(bytes, at + 6, to);
  if (value === null) return null;
  const { start, quote } = value;
  for (const scheme of [...SCHEMES, ...LIST_SCHEMES]) {
    const behind = start + scheme.length;
    if (!hasWord(bytes, start, scheme, from, to) || !isBlank(byteAt(bytes, behind))) continue;
    const credential = afterBlanks(bytes, behind, to);
    if (isRedacted(bytes, credential)) return null;
    const isList = LIST_SCHEMES.some((list) => list === scheme);
    const end = isList ? quotedEnd(bytes, credential, quote, to) : valueEnd(bytes, credential, quote, to);
    return end - credential >= MIN_VALUE ? { start: credential, end } : null;
  }
  return secretValue(bytes, value, to);
}

/** The value of `token=…`, `"access_token":"…"`, `X-Auth-Token: …`; `at` is the place of the `k`. */
export function tokenValue(bytes: Uint8Array, at: number, from: number, to: number): Span | null {
  if (!hasWord(bytes, at - 2, "token", from, to)) return null;
  const value = valueBehind(bytes, at + 3, to);
  return value === null ? null : secretValue(bytes, value, to);
}

/** The JSON Web Token (RFC 7519) whose third character, `J`, is at `at`: three parts, or five when encrypted. */
export function jsonWebToken(bytes: Uint8Array, at: number, from: number, to: number): Span | null {
  const start = at - 2;
  if (start < from || byteAt(bytes, start) !== 101 || byteAt(bytes, start + 1) !== 121) return null;
  // One start for each run of such characters, or a run of many starts would be read once for each.
  if (!beginsHere(bytes, start, from) || (start > from && isBase64Url(byteAt(bytes, start - 1)))) return null;
  const header = base64UrlEnd(bytes, start, to);
  if (header - start < 10 || byteAt(bytes, header) !== POINT) return null;
  let end = base64UrlEnd(bytes, header + 1, to);
  if (byteAt(bytes, end) !== POINT || end >= to) return null;
  for (let part = 0; part < 3 && end < to && byteAt(bytes, end) === POINT; part += 1) {
    const next = base64UrlEnd(bytes, end + 1, to);
    // An unsigned token has an empty third part; a point behind a whole one ends a sentence.
    if (part > 0 && next === end + 1) break;
    end = next;
  }
  return { start, end };
}

/** What stands behind a name: a separator, perhaps quotes, perhaps escaped ones, then the value. */
interface ValueStart {
  readonly start: number;
  /** The byte that ends it; 0 for a bare value. */
  readonly quote: number;
  /** Written `name=value`, or in quotes: a value, and not the rest of a sentence. */
  readonly sure: boolean;
}

function valueBehind(bytes: Uint8Array, at: number, to: number): ValueStart | null {
  let place = afterQuote(bytes, at, to);
  place = afterBlanks(bytes, place, to);
  const separator = byteAt(bytes, place);
  if (place >= to || (separator !== EQUALS && separator !== COLON)) return null;
  place = afterBlanks(bytes, place + 1, to);
  const start = afterQuote(bytes, place, to);
  const quote = start > place ? byteAt(bytes, start - 1) : 0;
  return start < to ? { start, quote, sure: separator === EQUALS || quote !== 0 } : null;
}

function secretValue(bytes: Uint8Array, value: ValueStart, to: number): Span | null {
  const { start, quote, sure } = value;
  if (isRedacted(bytes, start) || !isToken(byteAt(bytes, start))) return null;
  const end = valueEnd(bytes, start, quote, to);
  // So long without a blank is no prose; and what was read to its end must not be read again from its middle.
  if (end - start >= LONG_VALUE) return { start, end };
  if (end - start < (sure ? MIN_VALUE : 8)) return null;
  if (NO_VALUES.some((word) => word.length === end - start && hasWord(bytes, start, word, start, end))) return null;
  const digits = digitCount(bytes, start, end);
  // `token=12345` counts something; `token: expected` goes on in prose.
  if (sure ? digits === end - start && digits < 6 : digits === 0) return null;
  return { start, end };
}

function valueEnd(bytes: Uint8Array, at: number, quote: number, to: number): number {
  if (quote !== 0) return quotedEnd(bytes, at, quote, to);
  let end = at;
  while (end < to && !endsBareValue(byteAt(bytes, end))) end += 1;
  return end;
}

/** To the closing quote, or the line's end. */
function quotedEnd(bytes: Uint8Array, at: number, quote: number, to: number): number {
  if (quote === 0) return to;
  let end = at;
  while (end < to && byteAt(bytes, end) !== quote && byteAt(bytes, end) !== BACKSLASH) end += 1;
  return end;
}

function tokenEnd(bytes: Uint8Array, at: number, to: number): number {
  let end = at;
  while (end < to && isToken(byteAt(bytes, end))) end += 1;
  while (end < to && byteAt(bytes, end) === EQUALS) end += 1;
  return end;
}

function base64UrlEnd(bytes: Uint8Array, at: number, to: number): number {
  let end = at;
  while (end < to && isBase64Url(byteAt(bytes, end))) end += 1;
  return end;
}

function isBase64Url(byte: number): boolean {
  return isAlphanumeric(byte) || byte === HYPHEN || byte === UNDERSCORE;
}

/** A quote may be escaped once or more, when JSON is logged inside JSON. */
function afterQuote(bytes: Uint8Array, at: number, to: number): number {
  let place = at;
  while (place < to && place < at + MAX_BLANKS && byteAt(bytes, place) === BACKSLASH) place += 1;
  const byte = byteAt(bytes, place);
  return place < to && (byte === DOUBLE_QUOTE || byte === SINGLE_QUOTE) ? place + 1 : at;
}

function afterBlanks(bytes: Uint8Array, at: number, to: number): number {
  let place = at;
  while (place < to && place < at + MAX_BLANKS && isBlank(byteAt(bytes, place))) place += 1;
  return place;
}

/** Lower-case letters alone are a word of prose, unless there are very many. */
function isNoWord(bytes: Uint8Array, start: number, end: number): boolean {
  let last = end;
  while (last > start && byteAt(bytes, last - 1) === EQUALS) last -= 1;
  if (last - start >= 24) return true;
  for (let place = start; place < last; place += 1) {
    const byte = byteAt(bytes, place);
    if (byte < 97 || byte > 122) return true;
  }
  return false;
}

function digitCount(bytes: Uint8Array, start: number, end: number): number {
  let digits = 0;
  for (let place = start; place < end; place += 1) if (isDigit(byteAt(bytes, place))) digits += 1;
  return digits;
}

function isRedacted(bytes: Uint8Array, at: number): boolean {
  return byteAt(bytes, at) === 91 && hasWord(bytes, at + 1, "redacted", 0, bytes.length);
}
