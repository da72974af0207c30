/** Bytes `[from, to)`. */
export interface ByteSpan {
  readonly from: number;
  readonly to: number;
}

/**
 * The stretches of bytes that are no UTF-8, in order; each is what a decoder shows as one U+FFFD (WHATWG Encoding §8.1.1:
 * the longest beginning of a character, else one byte).
 */
export function utf8Faults(bytes: Uint8Array): readonly ByteSpan[] {
  const faults: ByteSpan[] = [];
  let at = 0;
  while (at < bytes.length) {
    const { length, whole } = characterAt(bytes, at);
    if (!whole) faults.push({ from: at, to: at + length });
    at += length;
  }
  return faults;
}

/** How long the character at `at` is, or the part of it that there is. */
function characterAt(bytes: Uint8Array, at: number): { readonly length: number; readonly whole: boolean } {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return { length: 1, whole: true };
  const needed =
    first >= 0xc2 && first <= 0xdf ? 1 : (first & 0xf0) === 0xe0 ? 2 : first >= 0xf0 && first <= 0xf4 ? 3 : 0;
  if (needed === 0) return { length: 1, whole: false };
  // The second byte is bounded: no overlong forms, no surrogates, nothing above U+10FFFF (RFC 3629 §4).
  const least = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const most = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  for (let place = 1; place <= needed; place += 1) {
    const byte = bytes[at + place] ?? 0;
    const fits = place === 1 ? byte >= least && byte <= most : byte >= 0x80 && byte <= 0xbf;
    if (!fits) return { length: place, whole: false };
  }
  return { length: needed + 1, whole: true };
}

/**
 * Whether a line as it is shown stands for other bytes than its own: U+FFFD in it was made by decoding. `lineBytes` is the
 * whole line's size; of a cut line nothing can be proved, so each U+FFFD counts.
 */
export function hasBrokenBytes(line: string, lineBytes: number, isCut: boolean): boolean {
  if (!line.includes("\u{FFFD}")) return false;
  return isCut || new TextEncoder().encode(line).length !== lineBytes;
}
