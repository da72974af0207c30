import { mixed } from "./distinct-counter.ts";
import { withByteRoom, withRoom } from "./growing-words.ts";

/** Of a value, the bytes that are kept to be shown; what is behind them still tells values apart. */
const KEPT_BYTES = 1_024;

/**
 * Every label and value that series have, each once and as bytes: a pair is a number. Values that are longer than what is
 * kept of them are told apart by 64 bits of a hash that nobody outside can aim at.
 */
export class PairDictionary {
  readonly names: string[] = [];
  /** By their bytes, one character each. */
  readonly #byName = new Map<string, number>();
  readonly #nameBytes: Buffer[] = [];
  readonly #nameHash: number[] = [];
  readonly #seed: number;
  /** By slot: the pair and one; 0 for none. */
  #slots = new Uint32Array(2_048);
  #label = new Uint32Array(1_024);
  #high = new Uint32Array(1_024);
  #low = new Uint32Array(1_024);
  #ends = new Uint32Array(1_024);
  #bytes: Uint8Array<ArrayBuffer>;
  #count = 0;
  /** Of the value hashed last. */
  high = 0;
  low = 0;

  /** `roomBytes` of values go in without a copy. */
  constructor(seed: number, roomBytes: number) {
    this.#seed = seed;
    this.#bytes = new Uint8Array(roomBytes);
  }

  get count(): number {
    return this.#count;
  }

  get byteCount(): number {
    return this.#count === 0 ? 0 : (this.#ends[this.#count - 1] ?? 0);
  }

  /** The number of a label's name, new or known; `guess` is looked at first, as series list their labels in one order. */
  label(source: Uint8Array, start: number, end: number, guess: number): number {
    if (this.#isName(guess, source, start, end)) return guess;
    const bytes = Buffer.from(source.subarray(start, end));
    const key = bytes.toString("latin1");
    const known = this.#byName.get(key);
    if (known !== undefined) return known;
    const label = this.names.push(bytes.toString("utf8")) - 1;
    this.#byName.set(key, label);
    this.#nameBytes.push(bytes);
    this.#hash(bytes, 0, bytes.length, this.#seed);
    this.#nameHash.push(this.high);
    return label;
  }

  /** Leaves in `high` and `low` what stands for the pair: the same in every table of the same seed. */
  hash(label: number, source: Uint8Array, start: number, end: number): void {
    this.#hash(source, start, end, this.#nameHash[label] ?? 0);
  }

  /** The pair's number, new or known, by the hash that was just made of it. */
  pair(label: number, source: Uint8Array, start: number, end: number, high: number, low: number): number {
    const mask = this.#slots.length - 1;
    let slot = (low ^ Math.imul(high, 0x9e37_79b1)) & mask;
    for (let known = this.#slots[slot] ?? 0; known !== 0; known = this.#slots[slot] ?? 0) {
      if (this.#isPair(known - 1, label, source, start, end, high, low)) return known - 1;
      slot = (slot + 1) & mask;
    }
    const pair = this.#count;
    this.#slots[slot] = pair + 1;
    this.#append(label, source, start, Math.min(end, start + KEPT_BYTES), high, low);
    if (this.#count * 2 > this.#slots.length) this.#grow();
    return pair;
  }

  labelOf(pair: number): number {
    return this.#label[pair] ?? 0;
  }

  /** Where a value's bytes are in `bytes`. */
  valueStart(pair: number): number {
    return pair === 0 ? 0 : (this.#ends[pair - 1] ?? 0);
  }

  valueEnd(pair: number): number {
    return this.#ends[pair] ?? 0;
  }

  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes;
  }

  highOf(pair: number): number {
    return this.#high[pair] ?? 0;
  }

  lowOf(pair: number): number {
    return this.#low[pair] ?? 0;
  }

  /** Takes the names of another dictionary of the same seed, under their numbers. */
  adoptNames(other: PairDictionary): void {
    for (const name of other.#nameBytes) this.label(name, 0, name.length, this.names.length);
  }

  /** Takes a pair of another dictionary whose names were adopted, with the hash it had there. */
  adopt(other: PairDictionary, pair: number): number {
    const [start, end] = [other.valueStart(pair), other.valueEnd(pair)];
    return this.pair(other.labelOf(pair), other.#bytes, start, end, other.highOf(pair), other.lowOf(pair));
  }

  #append(label: number, source: Uint8Array, start: number, end: number, high: number, low: number): void {
    const pair = this.#count;
    const from = this.byteCount;
    const to = from + end - start;
    this.#label = withRoom(this.#label, pair + 1);
    this.#high = withRoom(this.#high, pair + 1);
    this.#low = withRoom(this.#low, pair + 1);
    this.#ends = withRoom(this.#ends, pair + 1);
    this.#bytes = withByteRoom(this.#bytes, to);
    for (let at = start; at < end; at += 1) this.#bytes[from + at - start] = source[at] ?? 0;
    this.#label[pair] = label;
    this.#high[pair] = high;
    this.#low[pair] = low;
    this.#ends[pair] = to;
    this.#count += 1;
  }

  #isName(label: number, source: Uint8Array, start: number, end: number): boolean {
    const name = this.#nameBytes[label];
    if (name === undefined || name.length !== end - start) return false;
    for (let at = 0; at < name.length; at += 1) if (name[at] !== source[start + at]) return false;
    return true;
  }

  #isPair(
    pair: number,
    label: number,
    source: Uint8Array,
    start: number,
    end: number,
    high: number,
    low: number,
  ): boolean {
    if (this.#low[pair] !== low >>> 0 || this.#high[pair] !== high >>> 0 || this.#label[pair] !== label) return false;
    const from = this.valueStart(pair);
    const length = this.valueEnd(pair) - from;
    if (length !== Math.min(end - start, KEPT_BYTES)) return false;
    for (let at = 0; at < length; at += 1) if (this.#bytes[from + at] !== source[start + at]) return false;
    return true;
  }

  /** FNV-1a's steps in two words that feed each other, with the length and a last stirring. */
  #hash(source: Uint8Array, start: number, end: number, seed: number): void {
    let high = seed ^ 0x811c_9dc5;
    let low = mixed(seed + (end - start));
    for (let at = start; at < end; at += 1) {
      high = Math.imul(high ^ (source[at] ?? 0), 0x0100_0193);
      low = Math.imul(low ^ (high >>> 7), 0x85eb_ca6b);
    }
    this.high = mixed(high ^ (low >>> 15));
    this.low = mixed(low + 0x9e37_79b9);
  }

  #grow(): void {
    this.#slots = new Uint32Array(this.#slots.length * 2);
    const mask = this.#slots.length - 1;
    for (let pair = 0; pair < this.#count; pair += 1) {
      let slot = ((this.#low[pair] ?? 0) ^ Math.imul(this.#high[pair] ?? 0, 0x9e37_79b1)) & mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#slots[slot] = pair + 1;
    }
  }
}
