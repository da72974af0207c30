/**
 * Counts different 64-bit keys in two words each, side by side so that looking one up is one reach into memory; and, where it
 * is asked for, how many come once or twice. Two of a million keys that happen to be the same number are one in ten million tables.
 */
export class DistinctCounter {
  #slots: Uint32Array;
  #times: Uint8Array | null;
  #mask: number;
  count = 0;

  constructor(expected: number, countsTimes = false) {
    const size = 2 ** Math.ceil(Math.log2(Math.max(16, expected * 2)));
    this.#slots = new Uint32Array(size * 2);
    this.#times = countsTimes ? new Uint8Array(size) : null;
    this.#mask = size - 1;
  }

  /** Whether it came for the first time. */
  add(high: number, low: number): boolean {
    const lowWord = lowOf(high, low);
    const at = this.#find(high >>> 0, lowWord);
    const times = this.#times;
    if ((this.#slots[2 * at + 1] ?? 0) !== 0 || (this.#slots[2 * at] ?? 0) !== 0) {
      // Once, twice, more often: nobody asks for more.
      if (times !== null && (times[at] ?? 0) < 3) times[at] = (times[at] ?? 0) + 1;
      return false;
    }
    if (times !== null) times[at] = 1;
    this.#slots[2 * at] = high;
    this.#slots[2 * at + 1] = lowWord;
    this.count += 1;
    if (this.count * 2 > this.#mask) this.#grow();
    return true;
  }

  has(high: number, low: number): boolean {
    const at = this.#find(high >>> 0, lowOf(high, low));
    return (this.#slots[2 * at + 1] ?? 0) !== 0 || (this.#slots[2 * at] ?? 0) !== 0;
  }

  /** Keys that came exactly so often, 1 or 2. */
  cameTimes(times: 1 | 2): number {
    let count = 0;
    for (const each of this.#times ?? []) if (each === times) count += 1;
    return count;
  }

  /** Where it is, or would be. */
  #find(high: number, low: number): number {
    const slots = this.#slots;
    const mask = this.#mask;
    let at = (low ^ Math.imul(high, 0x9e37_79b1)) & mask;
    for (;;) {
      const lowThere = slots[2 * at + 1] ?? 0;
      const highThere = slots[2 * at] ?? 0;
      if ((lowThere === low && highThere === high) || (lowThere === 0 && highThere === 0)) return at;
      at = (at + 1) & mask;
    }
  }

  #grow(): void {
    const slots = this.#slots;
    const times = this.#times;
    const size = slots.length;
    this.#slots = new Uint32Array(size * 2);
    this.#times = times === null ? null : new Uint8Array(size);
    this.#mask = size - 1;
    for (let from = 0; from < slots.length / 2; from += 1) {
      const high = slots[2 * from] ?? 0;
      const low = slots[2 * from + 1] ?? 0;
      if (high === 0 && low === 0) continue;
      const at = this.#find(high, low);
      this.#slots[2 * at] = high;
      this.#slots[2 * at + 1] = low;
      if (times !== null && this.#times !== null) this.#times[at] = times[from] ?? 0;
    }
  }
}

/** Two zeros stand for an empty place. */
function lowOf(high: number, low: number): number {
  return high === 0 && low === 0 ? 1 : low >>> 0;
}

/** Spreads the bits of a number over 32 (the finaliser of MurmurHash3, Austin Appleby, public domain). */
export function mixed(value: number): number {
  let mix = value | 0;
  mix = Math.imul(mix ^ (mix >>> 16), 0x85eb_ca6b);
  mix = Math.imul(mix ^ (mix >>> 13), 0xc2b2_ae35);
  return (mix ^ (mix >>> 16)) >>> 0;
}
