/**
 * Bytes that were cut off somewhere, without the beginning of a character that the cut went through. Bytes that are no
 * UTF-8 are left as they are; something always remains.
 */
export function wholeCharacters(bytes: Buffer): Buffer {
  for (let back = 1; back <= Math.min(4, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if ((byte & 0xc0) === 0x80) continue;
    const characterBytes = byte < 0xc0 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
    const whole = characterBytes <= back || back === bytes.length;
    return whole ? bytes : bytes.subarray(0, bytes.length - back);
  }
  return bytes;
}
