import { ParquetDamage } from "./parquet-damage.ts";

const DEEPEST = 24;
const LIST_TYPES = new Set([9, 10]);

/**
 * Walks one struct of Thrift's compact protocol without building anything, and answers with where it ends. The library's
 * reader makes an array of whatever length a list claims; here a list may not claim more elements than bytes follow it.
 *
 * @throws `ParquetDamage` where it ends early, nests too deep or claims too much
 */
export function thriftStructEnd(bytes: Uint8Array, start: number): number {
  const walk = new ThriftWalk(bytes, start);
  walk.struct(0);
  return walk.at;
}

class ThriftWalk {
  readonly #bytes: Uint8Array;
  at: number;

  constructor(bytes: Uint8Array, start: number) {
    this.#bytes = bytes;
    this.at = start;
  }

  struct(depth: number): void {
    if (depth > DEEPEST) throw new ParquetDamage("metadata nests too deep");
    for (;;) {
      const header = this.#byte();
      const type = header & 0x0f;
      if (type === 0) return;
      if (header >> 4 === 0) this.#varint();
      this.#value(type, depth);
    }
  }

  #value(type: number, depth: number): void {
    if (type === 1 || type === 2) return;
    if (type === 3) this.#skip(1);
    else if (type >= 4 && type <= 6) this.#varint();
    else if (type === 7) this.#skip(8);
    else if (type === 8) this.#skip(this.#varint());
    else if (LIST_TYPES.has(type)) this.#list(depth);
    else if (type === 12) this.struct(depth + 1);
    else throw new ParquetDamage(`metadata of type ${type}`);
  }

  #list(depth: number): void {
    if (depth > DEEPEST) throw new ParquetDamage("metadata nests too deep");
    const header = this.#byte();
    const type = header & 0x0f;
    const size = header >> 4 === 15 ? this.#varint() : header >> 4;
    if (size > this.#bytes.length - this.at) throw new ParquetDamage(`metadata with a list of ${size}`);
    // A truth value takes a byte in a list, none elsewhere.
    for (let index = 0; index < size; index += 1) this.#value(type === 1 || type === 2 ? 3 : type, depth + 1);
  }

  /** Its low 32 bits as the library reads them; longer ones are numbers that nothing here counts with. */
  #varint(): number {
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.#byte();
      if (shift < 35) value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw new ParquetDamage("metadata with an endless number");
  }

  #byte(): number {
    const byte = this.#bytes[this.at];
    if (byte === undefined) throw new ParquetDamage("metadata ends early");
    this.at += 1;
    return byte;
  }

  #skip(count: number): void {
    if (count > this.#bytes.length - this.at) throw new ParquetDamage("metadata ends early");
    this.at += count;
  }
}
