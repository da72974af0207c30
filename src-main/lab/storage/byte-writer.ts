/** Bytes that grow. */
export class ByteWriter {
  #bytes: Buffer;
  at = 0;

  constructor(expectedBytes = 65_536) {
    this.#bytes = Buffer.allocUnsafeSlow(expectedBytes);
  }

  u8(value: number): void {
    this.#reserve(1);
    this.#bytes[this.at] = value;
    this.at += 1;
  }

  u32(value: number): void {
    this.#reserve(4);
    this.at = this.#bytes.writeUInt32BE(value >>> 0, this.at);
  }

  u64(value: bigint): void {
    this.#reserve(8);
    this.at = this.#bytes.writeBigUInt64BE(BigInt.asUintN(64, value), this.at);
  }

  /** Whole, from 0 to 2^53. */
  uvarint(value: number): void {
    this.#reserve(10);
    let rest = value;
    for (; rest >= 128; rest = Math.floor(rest / 128)) {
      this.#bytes[this.at] = (rest % 128) | 128;
      this.at += 1;
    }
    this.#bytes[this.at] = rest;
    this.at += 1;
  }

  /** Signed, 64 bits. */
  varint(value: bigint): void {
    const folded = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n));
    // 49 bits are a number that counts exactly, and seven bytes of it; a timestamp has two more.
    if (folded < FORTY_NINE_BITS) return this.uvarint(Number(folded));
    this.#reserve(10);
    let low = Number(folded & (FORTY_NINE_BITS - 1n));
    for (let byte = 0; byte < 7; byte += 1) {
      this.#bytes[this.at] = (low % 128) | 128;
      this.at += 1;
      low = Math.floor(low / 128);
    }
    return this.uvarint(Number(folded >> 49n));
  }

  text(text: string): void {
    const bytes = Buffer.from(text);
    this.uvarint(bytes.length);
    this.append(bytes);
  }

  append(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.at);
    this.at += bytes.length;
  }

  align(bytes: number): void {
    while (this.at % bytes !== 0) this.u8(0);
  }

  /** Good until more is written. */
  get written(): Buffer {
    return this.#bytes.subarray(0, this.at);
  }

  #reserve(more: number): void {
    if (this.at + more <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.at + more, this.#bytes.length * 2));
    larger.set(this.written);
    this.#bytes = larger;
  }
}

const FORTY_NINE_BITS = 1n << 49n;
