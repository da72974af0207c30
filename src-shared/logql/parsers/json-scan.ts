/**
 * A lenient, forward-only reader of JSON that finds the same values and fails at the same places, with the same words, as
 * the reader in Loki: nothing behind a value is looked at before it is needed.
 */
export type JsonType = "string" | "number" | "boolean" | "null" | "object" | "array";

export class JsonScanError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "JsonScanError";
  }
}

const MALFORMED = "Malformed JSON error";
const MALFORMED_STRING = "Value is string, but can't find closing '\"' symbol";
const MALFORMED_ARRAY = "Value is array, but can't find closing ']' symbol";
export const MALFORMED_OBJECT = "Value looks like object, but can't find closing '}' symbol";
const MALFORMED_ESCAPE = "Encountered an invalid escape sequence in a string";
const UNKNOWN_VALUE = "Unknown value type";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const COMMA = 0x2c;
const COLON = 0x3a;

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

/** The offset of the next character that is no space; -1 at the end. */
export function nextToken(text: string, from: number, to: number): number {
  for (let at = from; at < to; at++) if (!isSpace(text.charCodeAt(at))) return at;
  return -1;
}

/** The offset behind the closing quote of a string whose opening one is before `from`; -1 without one. */
export function stringEnd(text: string, from: number, to: number): number {
  let search = from;
  for (;;) {
    const at = text.indexOf('"', search);
    if (at < 0 || at >= to) return -1;
    let slashes = 0;
    while (at - slashes - 1 >= from && text.charCodeAt(at - slashes - 1) === BACKSLASH) slashes++;
    if (slashes % 2 === 0) return at + 1;
    search = at + 1;
  }
}

export function blockEnd(text: string, from: number, to: number, open: number, close: number): number {
  let level = 0;
  for (let at = from; at < to; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      const end = stringEnd(text, at + 1, to);
      if (end < 0) return -1;
      at = end - 1;
    } else if (code === open) level++;
    else if (code === close && --level === 0) return at + 1;
  }
  return -1;
}

function tokenEnd(text: string, from: number, to: number): number {
  for (let at = from; at < to; at++) {
    const code = text.charCodeAt(at);
    if (isSpace(code) || code === COMMA || code === CLOSE_BRACE || code === CLOSE_BRACKET) return at;
  }
  return to;
}

/** A value in a text; for a string `from` and `to` are inside the quotes. */
export interface JsonSpan {
  type: JsonType;
  from: number;
  to: number;
  /** Where reading goes on. */
  end: number;
}

function scalarType(text: string, from: number, to: number): JsonType {
  const code = text.charCodeAt(from);
  if ((code >= 0x30 && code <= 0x39) || code === 0x2d) return "number";
  const word = text.slice(from, to);
  if (word === "true" || word === "false") return "boolean";
  if (word === "null") return "null";
  throw new JsonScanError(UNKNOWN_VALUE);
}

/** Reads the value at or behind an offset into `span`; throws `JsonScanError`. */
export function readValue(text: string, from: number, to: number, span: JsonSpan): void {
  const start = nextToken(text, from, to);
  if (start < 0) throw new JsonScanError(MALFORMED);
  const code = text.charCodeAt(start);
  if (code === QUOTE) {
    const end = stringEnd(text, start + 1, to);
    if (end < 0) throw new JsonScanError(MALFORMED_STRING);
    span.type = "string";
    span.from = start + 1;
    span.to = end - 1;
    span.end = end;
    return;
  }
  let end: number;
  if (code === OPEN_BRACE) {
    end = blockEnd(text, start, to, OPEN_BRACE, CLOSE_BRACE);
    if (end < 0) throw new JsonScanError(MALFORMED_OBJECT);
    span.type = "object";
  } else if (code === OPEN_BRACKET) {
    end = blockEnd(text, start, to, OPEN_BRACKET, CLOSE_BRACKET);
    if (end < 0) throw new JsonScanError(MALFORMED_ARRAY);
    span.type = "array";
  } else {
    end = tokenEnd(text, start, to);
    span.type = scalarType(text, start, end);
  }
  span.from = start;
  span.to = end;
  span.end = end;
}

/** What an object's field holds; `false` ends the reading without an error. The span is reused for the next field. */
export type FieldVisitor = (key: string, span: JsonSpan) => boolean;

/** Visits the fields of the object in a piece of a text. Throws `JsonScanError`; `false` when a visitor ended it. */
export function eachField(text: string, from: number, to: number, visit: FieldVisitor): boolean {
  const open = nextToken(text, from, to);
  if (open < 0 || text.charCodeAt(open) !== OPEN_BRACE) throw new JsonScanError(MALFORMED_OBJECT);
  const span: JsonSpan = { type: "null", from: 0, to: 0, end: 0 };
  let at = nextToken(text, open + 1, to);
  if (at < 0) throw new JsonScanError(MALFORMED);
  if (text.charCodeAt(at) === CLOSE_BRACE) return true;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code === CLOSE_BRACE) return true;
    if (code !== QUOTE) throw new JsonScanError(MALFORMED_OBJECT);
    const keyEnd = stringEnd(text, at + 1, to);
    if (keyEnd < 0) throw new JsonScanError(MALFORMED);
    const key = readKey(text.slice(at + 1, keyEnd - 1));
    at = nextToken(text, keyEnd, to);
    if (at < 0 || text.charCodeAt(at) !== COLON) throw new JsonScanError(MALFORMED);
    readValue(text, at + 1, to, span);
    const { end } = span;
    if (!visit(key, span)) return false;
    at = nextToken(text, end, to);
    if (at < 0) throw new JsonScanError(MALFORMED_ARRAY);
    const mark = text.charCodeAt(at);
    if (mark === CLOSE_BRACE) return true;
    if (mark !== COMMA) throw new JsonScanError(MALFORMED_OBJECT);
    at = nextToken(text, at + 1, to);
    if (at < 0) throw new JsonScanError(MALFORMED_ARRAY);
  }
}

function readKey(raw: string): string {
  if (!raw.includes("\\")) return raw;
  const key = unescapeJson(raw);
  if (key === null) throw new JsonScanError(MALFORMED_ESCAPE);
  return key;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  "\\": "\\",
  "/": "/",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};

const ESCAPE = /\\(?:u([0-9a-fA-F]{4})(?:\\u([dD][c-fC-F][0-9a-fA-F]{2}))?|(.)|)/gsu;

/** What the inside of a JSON string says; `null` for an escape that is none. */
export function unescapeJson(raw: string): string | null {
  if (!raw.includes("\\")) return raw;
  let valid = true;
  const text = raw.replace(ESCAPE, (_, hex?: string, low?: string, simple?: string) => {
    if (hex === undefined) {
      const known = simple === undefined ? undefined : ESCAPES[simple];
      if (known === undefined) valid = false;
      return known ?? "";
    }
    const first = Number.parseInt(hex, 16);
    const isHigh = first >= 0xd800 && first <= 0xdbff;
    if (low !== undefined && !isHigh) return String.fromCharCode(first) + String.fromCharCode(Number.parseInt(low, 16));
    if (low !== undefined) return String.fromCharCode(first, Number.parseInt(low, 16));
    if (first >= 0xd800 && first <= 0xdfff) valid = false;
    return String.fromCharCode(first);
  });
  return valid ? text : null;
}
