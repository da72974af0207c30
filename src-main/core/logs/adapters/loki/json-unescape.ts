/** Bytes of a JSON string without its escapes, as UTF-8. A lone surrogate becomes U+FFFD, as JSON.parse and UTF-8 make it. */
export function unescapeInto(from: Buffer, start: number, end: number, out: Buffer, at: number): number {
  let read = start;
  let write = at;
  while (read < end) {
    const byte = from[read] ?? 0;
    if (byte !== 0x5c) {
      out[write++] = byte;
      read++;
      continue;
    }
    const kind = from[read + 1] ?? 0;
    read += 2;
    if (kind !== 0x75) {
      out[write++] = SIMPLE_ESCAPES[kind] ?? kind;
      continue;
    }
    let code = hex4(from, read);
    read += 4;
    if (code >= 0xd800 && code < 0xdc00 && from[read] === 0x5c && from[read + 1] === 0x75) {
      const second = hex4(from, read + 2);
      if (second >= 0xdc00 && second < 0xe000) {
        code = 0x10000 + ((code - 0xd800) << 10) + (second - 0xdc00);
        read += 6;
      }
    }
    write = writeUtf8(code >= 0xd800 && code < 0xe000 ? 0xfffd : code, out, write);
  }
  return write;
}

/** What a byte after a backslash stands for; itself for quote, backslash and slash. */
const SIMPLE_ESCAPES = Uint8Array.from({ length: 256 }, (_, byte) => byte);
SIMPLE_ESCAPES[0x62] = 0x08;
SIMPLE_ESCAPES[0x66] = 0x0c;
SIMPLE_ESCAPES[0x6e] = 0x0a;
SIMPLE_ESCAPES[0x72] = 0x0d;
SIMPLE_ESCAPES[0x74] = 0x09;

function hex4(from: Buffer, at: number): number {
  let code = 0;
  for (let index = at; index < at + 4; index++) {
    const byte = from[index] ?? 0;
    code = code * 16 + (byte <= 0x39 ? byte - 0x30 : (byte | 0x20) - 0x57);
  }
  return code;
}

function writeUtf8(code: number, out: Buffer, at: number): number {
  let write = at;
  if (code < 0x80) {
    out[write++] = code;
  } else if (code < 0x800) {
    out[write++] = 0xc0 | (code >> 6);
    out[write++] = 0x80 | (code & 0x3f);
  } else if (code < 0x10000) {
    out[write++] = 0xe0 | (code >> 12);
    out[write++] = 0x80 | ((code >> 6) & 0x3f);
    out[write++] = 0x80 | (code & 0x3f);
  } else {
    out[write++] = 0xf0 | (code >> 18);
    out[write++] = 0x80 | ((code >> 12) & 0x3f);
    out[write++] = 0x80 | ((code >> 6) & 0x3f);
    out[write++] = 0x80 | (code & 0x3f);
  }
  return write;
}
