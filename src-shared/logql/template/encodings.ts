/** Base64 and URL encodings as Go's standard library has them. */

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

export function base64Encode(text: string): string {
  const bytes = new TextEncoder().encode(text);
  let out = "";
  for (let at = 0; at < bytes.length; at += 3) {
    const [first = 0, second = 0, third = 0] = bytes.slice(at, at + 3);
    const bits = (first << 16) | (second << 8) | third;
    const have = bytes.length - at;
    out += ALPHABET.charAt(bits >> 18) + ALPHABET.charAt((bits >> 12) & 63);
    out += have > 1 ? ALPHABET.charAt((bits >> 6) & 63) : "=";
    out += have > 2 ? ALPHABET.charAt(bits & 63) : "=";
  }
  return out;
}

/** The decoded text; for malformed input Go's error text in its place, as the template function gives it. */
export function base64Decode(text: string): string {
  const plain = text.replace(/[\r\n]/g, "");
  const bad = (at: number): string => `illegal base64 data at input byte ${at}`;
  const body = /^[A-Za-z0-9+/]*/.exec(plain)?.[0] ?? "";
  const tail = plain.slice(body.length);
  if (tail !== "" && !/^={1,2}$/.test(tail)) return bad(body.length);
  if (plain.length % 4 !== 0 || body.length % 4 === 1)
    return bad(tail === "" ? plain.length - (plain.length % 4) : plain.length);
  const bytes: number[] = [];
  let bits = 0;
  let count = 0;
  for (const char of body) {
    bits = ((bits << 6) | ALPHABET.indexOf(char)) & 0xffffff;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes.push((bits >> count) & 0xff);
  }
  return new TextDecoder().decode(new Uint8Array(bytes));
}

/** Go's `url.QueryEscape`. */
export function queryEscape(text: string): string {
  let out = "";
  for (const byte of new TextEncoder().encode(text)) {
    const char = String.fromCharCode(byte);
    if (/[A-Za-z0-9\-_.~]/.test(char)) out += char;
    else out += byte === 0x20 ? "+" : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return out;
}

/** Go's `url.QueryUnescape`. */
export function queryUnescape(
  text: string,
): { readonly ok: true; readonly text: string } | { readonly ok: false; readonly error: string } {
  const bytes: number[] = [];
  const input = new TextEncoder().encode(text);
  for (let at = 0; at < input.length; at++) {
    const byte = input[at] ?? 0;
    if (byte === 0x2b) bytes.push(0x20);
    else if (byte !== 0x25) bytes.push(byte);
    else {
      const digits = new TextDecoder().decode(input.slice(at + 1, at + 3));
      if (!/^[0-9a-fA-F]{2}$/.test(digits))
        return { ok: false, error: `invalid URL escape ${JSON.stringify(`%${digits}`)}` };
      bytes.push(Number.parseInt(digits, 16));
      at += 2;
    }
  }
  return { ok: true, text: new TextDecoder().decode(new Uint8Array(bytes)) };
}

const HTML: Readonly<Record<string, string>> = {
  '"': "&#34;",
  "'": "&#39;",
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  "\0": "\ufffd",
};

/** Go's `template.HTMLEscapeString`. */
export function htmlEscape(text: string): string {
  return text.replace(/["'&<>\0]/g, (char) => HTML[char] ?? char);
}

const JS: Readonly<Record<string, string>> = {
  "\\": "\\\\",
  "'": "\\'",
  '"': '\\"',
  "<": "\\u003C",
  ">": "\\u003E",
  "&": "\\u0026",
  "=": "\\u003D",
};

/** Go's `template.JSEscapeString`. */
export function jsEscape(text: string): string {
  let out = "";
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    const known = JS[char];
    if (known !== undefined) out += known;
    else if (code < 0x20 || code === 0x7f || (code > 0x7f && !/[\p{L}\p{M}\p{N}\p{P}\p{S}]/u.test(char))) {
      out += `\\u${code.toString(16).toUpperCase().padStart(4, "0")}`;
    } else out += char;
  }
  return out;
}
