/**
 * Copies bytes with ASCII capitals made small, four at a time. A byte of a multi-byte character has its high bit set and
 * stays as it is, so offsets and all other text are kept.
 */
export function foldAscii(source: Buffer, target: Buffer): void {
  const length = source.length;
  // Lines begin anywhere in a segment; bytes up to the next word's beginning are done one by one.
  const head = Math.min(length, (4 - (source.byteOffset & 3)) & 3);
  const aligned = ((target.byteOffset + head) & 3) === 0;
  const words = aligned ? (length - head) >>> 2 : 0;
  if (words > 0) {
    const from = new Int32Array(source.buffer, source.byteOffset + head, words);
    const to = new Int32Array(target.buffer, target.byteOffset + head, words);
    for (let index = 0; index < words; index += 1) to[index] = foldWord(from[index] ?? 0);
  }
  for (let index = 0; index < head; index += 1) target[index] = foldByte(source[index] ?? 0);
  for (let index = head + words * 4; index < length; index += 1) target[index] = foldByte(source[index] ?? 0);
}

/**
 * Per byte: adding 0x3f to the low seven bits sets the high bit from `A` on, adding 0x25 sets it past `Z`; where they
 * differ (and the byte is ASCII) it is a capital, and its bit 0x20 is set.
 */
function foldWord(word: number): number {
  const low = word & 0x7f7f7f7f;
  const capitals = ~word & ((low + 0x3f3f3f3f) ^ (low + 0x25252525)) & 0x80808080;
  return word | (capitals >>> 2);
}

function foldByte(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte;
}
