import { ParquetDamage } from "./parquet-damage.ts";

/**
 * Reads Parquet's hybrid of run lengths and bit packing from `bytes[start … end)` until `target` is full. Counts in the data
 * are never trusted: a run writes no further than `target`, and data that ends early is damage.
 *
 * @param width bits of a value, 0 to 32
 */
export function decodeHybrid(
  bytes: Uint8Array,
  start: number,
  end: number,
  width: number,
  target: Uint8Array | Uint32Array,
): void {
  if (width > 32 || end > bytes.length) throw new ParquetDamage(`values of ${width} bits`);
  if (width === 0) {
    target.fill(0);
    return;
  }
  let at = start;
  let filled = 0;
  while (filled < target.length) {
    let header = 0;
    for (let shift = 0; ; shift += 7) {
      if (at >= end || shift > 28) throw new ParquetDamage("runs end early");
      const byte = bytes[at] ?? 0;
      at += 1;
      header += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) break;
    }
    const count = Math.floor(header / 2);
    if (header % 2 === 0) {
      const size = (width + 7) >> 3;
      if (at + size > end || count === 0) throw new ParquetDamage("a run without a value");
      let value = 0;
      for (let byte = 0; byte < size; byte += 1) value += (bytes[at + byte] ?? 0) * 2 ** (8 * byte);
      at += size;
      const until = Math.min(target.length, filled + count);
      target.fill(value, filled, until);
      filled = until;
      continue;
    }
    // The last run may be cut behind its last value.
    const size = Math.min(count * width, end - at);
    const until = Math.min(target.length, filled + Math.floor((size * 8) / width));
    if (until === filled) throw new ParquetDamage("runs end early");
    unpackBits(bytes, at, width, target, filled, until);
    at += size;
    filled = until;
  }
}

function unpackBits(
  bytes: Uint8Array,
  start: number,
  width: number,
  target: Uint8Array | Uint32Array,
  from: number,
  until: number,
): void {
  let at = start;
  if (width <= 24) {
    const mask = (1 << width) - 1;
    let pending = 0;
    let bits = 0;
    for (let place = from; place < until; place += 1) {
      while (bits < width) {
        pending |= (bytes[at] ?? 0) << bits;
        at += 1;
        bits += 8;
      }
      target[place] = pending & mask;
      pending >>>= width;
      bits -= width;
    }
    return;
  }
  // Wider than what 32 bits hold beside a started byte: as numbers of 53 bits.
  const size = 2 ** width;
  let pending = 0;
  let bits = 0;
  for (let place = from; place < until; place += 1) {
    while (bits < width) {
      pending += (bytes[at] ?? 0) * 2 ** bits;
      at += 1;
      bits += 8;
    }
    target[place] = pending % size;
    pending = Math.floor(pending / size);
    bits -= width;
  }
}
