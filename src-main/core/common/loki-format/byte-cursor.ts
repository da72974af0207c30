/**
 * Reads numbers from bytes that nobody vouches for. Behind the end it answers 0 and stays `failed`, so that a parser checks
 * once where it matters instead of at every number.
 */
export class ByteCursor {
  readonly bytes: Uint8Array;
  readonly end: number;
  at: number;
  failed = false;

  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    this.bytes = bytes;
    this.at = start;
    this.end = Math.min(end, bytes.length);
    if (start < 0 || start > this.end) this.fail();
  }

  get left(): number {
    return this.failed ? 0 : this.end - this.at;
  }

  fail(): 0 {
    this.failed = true;
    return 0;
  }

  u8(): number {
    if (this.failed || this.at >= this.end) return this.fail();
    return this.bytes[this.at++] ?? 0;
  }

  u32be(): number {
    if (this.left < 4) return this.fail();
    const value = readU32(this.bytes, this.at);
    this.at += 4;
    return value;
  }

  /** As a number: fails above 2^53, which no offset of ours reaches. */
  u64be(): number {
    const high = this.u32be();
    const low = this.u32be();
    const value = high * 0x1_0000_0000 + low;
    return Number.isSafeInteger(value) ? value : this.fail();
  }

  /** LEB128, as a number: fails above 2^53. */
  uvarint(): number {
    let value = 0;
    let scale = 1;
    for (let length = 0; length < 10; length++) {
      const byte = this.u8();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return Number.isSafeInteger(value) ? value : this.fail();
      scale *= 128;
    }
    return this.fail();
  }

  /** Zigzag LEB128 of 64 bits (Go's `binary.Varint`). */
  varint64(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.u8();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) {
        if (value >= 1n << 64n) break;
        return (value >> 1n) ^ -(value & 1n);
      }
    }
    this.fail();
    return 0n;
  }

  /** A view, not a copy. */
  take(length: number): Uint8Array {
    if (length < 0 || length > this.left) {
      this.fail();
      return new Uint8Array(0);
    }
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }
}

export function readU32(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] ?? 0) * 0x1_00_00_00 +
    (((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0))
  );
}
