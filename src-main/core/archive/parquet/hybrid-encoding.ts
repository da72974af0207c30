/**
 * Parquet's hybrid of run lengths and bit packing (Parquet format, Encodings.md "RLE = 3"), which carries levels and
 * dictionary indexes. Written as one run for a page: constant where all values are one, packed otherwise.
 */

/** A run of one value. `width` is in bits. */
export function constantRun(value: number, count: number, width: number): Uint8Array {
  const bytes = varint(count * 2);
  for (let bit = 0; bit < width; bit += 8) bytes.push((value >>> bit) & 0xff);
  return Uint8Array.from(bytes);
}

/** Bits that any index below `count` needs; at least one, since some readers stumble over indexes of no bits. */
export function bitsFor(count: number): number {
  return Math.max(1, 32 - Math.clz32(Math.max(0, count - 1)));
}

/** Packs values of a fixed width, at most 24 bits, least significant bit first. */
export class BitPacker {
  readonly #width: number;
  #bytes: Uint8Array;
  #length = 0;
  #pending = 0;
  #pendingBits = 0;
  #count = 0;

  constructor(width: number, expectedCount: number) {
    this.#width = width;
    this.#bytes = new Uint8Array(Math.ceil(expectedCount / 8) * width + 8);
  }

  push(value: number): void {
    this.#count += 1;
    this.#pending |= value << this.#pendingBits;
    this.#pendingBits += this.#width;
    while (this.#pendingBits >= 8) {
      if (this.#length === this.#bytes.length) this.#grow();
      this.#bytes[this.#length] = this.#pending & 0xff;
      this.#length += 1;
      this.#pending >>>= 8;
      this.#pendingBits -= 8;
    }
  }

  /** The run with its header. */
  finish(): Uint8Array {
    const groups = Math.ceil(this.#count / 8);
    const header = varint(groups * 2 + 1);
    const run = new Uint8Array(header.length + groups * this.#width);
    run.set(header);
    run.set(this.#bytes.subarray(0, this.#length), header.length);
    if (this.#pendingBits > 0) run[header.length + this.#length] = this.#pending & 0xff;
    return run;
  }

  #grow(): void {
    const larger = new Uint8Array(this.#bytes.length * 2);
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 0x7f) {
    bytes.push((rest & 0x7f) | 0x80);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
  return bytes;
}
