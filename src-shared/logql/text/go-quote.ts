/** String literals as Go writes and reads them (`strconv.Quote`, Prometheus's `strutil.Unquote`). */

const SIMPLE_ESCAPES: ReadonlyMap<string, string> = new Map([
  ["a", "\x07"],
  ["b", "\b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
  ["v", "\v"],
  ["\\", "\\"],
]);

const QUOTED_ESCAPES: ReadonlyMap<number, string> = new Map([
  [0x07, "\\a"],
  [0x08, "\\b"],
  [0x0c, "\\f"],
  [0x0a, "\\n"],
  [0x0d, "\\r"],
  [0x09, "\\t"],
  [0x0b, "\\v"],
  [0x22, '\\"'],
  [0x5c, "\\\\"],
]);

/** What Go prints as it is: letters, marks, numbers, punctuation, symbols and the plain space. */
const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;

function hex(code: number, width: number): string {
  return code.toString(16).padStart(width, "0");
}

/** The text as a double-quoted Go literal; what does not print is escaped. */
export function quoteGo(text: string): string {
  if (/^[ !#-[\]-~]*$/.test(text)) return `"${text}"`;
  let out = '"';
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    const escape = QUOTED_ESCAPES.get(code);
    if (escape !== undefined) out += escape;
    else if (PRINTABLE.test(char)) out += char;
    else if (code < 0x20 || code === 0x7f) out += `\\x${hex(code, 2)}`;
    else if (code >= 0xd800 && code <= 0xdfff) out += "\\ufffd";
    else out += code < 0x10000 ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`;
  }
  return `${out}"`;
}

function appendByte(bytes: number[], text: string): string {
  if (bytes.length === 0) return text;
  const decoded = new TextDecoder("utf-8").decode(new Uint8Array(bytes));
  bytes.length = 0;
  return text + decoded;
}

function unquoteEscaped(body: string, quote: string): string | null {
  let out = "";
  // \xNN and \NNN name bytes, not characters: collected until something else follows, then read as UTF-8.
  const bytes: number[] = [];
  for (let at = 0; at < body.length; at++) {
    const char = body.charAt(at);
    if (char === "\n") return null;
    if (char !== "\\") {
      if (char === quote) return null;
      out = appendByte(bytes, out) + char;
      continue;
    }
    at++;
    const kind = body.charAt(at);
    const width = kind === "x" ? 2 : kind === "u" ? 4 : kind === "U" ? 8 : 0;
    if (width > 0) {
      const digits = body.slice(at + 1, at + 1 + width);
      if (digits.length !== width || !/^[0-9a-fA-F]+$/.test(digits)) return null;
      const code = Number.parseInt(digits, 16);
      at += width;
      if (width === 2) bytes.push(code);
      else if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return null;
      else out = appendByte(bytes, out) + String.fromCodePoint(code);
    } else if (kind >= "0" && kind <= "7") {
      const digits = body.slice(at, at + 3);
      if (!/^[0-7]{3}$/.test(digits)) return null;
      const code = Number.parseInt(digits, 8);
      if (code > 255) return null;
      at += 2;
      bytes.push(code);
    } else {
      const simple = kind === quote ? quote : SIMPLE_ESCAPES.get(kind);
      if (simple === undefined) return null;
      out = appendByte(bytes, out) + simple;
    }
  }
  return appendByte(bytes, out);
}

/** Reads a Go literal, back-quoted, double- or single-quoted. `null` when it is none, as Go's `invalid syntax`. */
export function unquoteGo(literal: string): string | null {
  const quote = literal.charAt(0);
  if (literal.length < 2 || quote !== literal.charAt(literal.length - 1)) return null;
  const body = literal.slice(1, -1);
  if (quote === "`") return body.includes("`") ? null : body.replaceAll("\r", "");
  if (quote !== '"' && quote !== "'") return null;
  if (!body.includes("\\") && !body.includes("\n")) return body.includes(quote) ? null : body;
  return unquoteEscaped(body, quote);
}
