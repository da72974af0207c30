/**
 * Counts different 64-bit keys, and how many come once or twice, in two words each. Two of a million keys that happen to be
 * the same number are one in ten million tables.
 */
export class DistinctCounter {
  #high: Uint32Array;
  #low: Uint32Array;
  #times: Uint8Array;
  #mask: number;
  count = 0;

  constructor(expected: number) {
    const size = 2 ** Math.ceil(Math.log2(Math.max(16, expected * 2)));
    this.#high = new Uint32Array(size);
    this.#low = new Uint32Array(size);
    this.#times = new Uint8Array(size);
    this.#mask = size - 1;
  }

  /** Whether it came for the first time. */
  add(high: number, low: number): boolean {
    const at = this.#find(high, low);
    if (this.#times[at] !== 0) {
      // Once, twice, more often: nobody asks for more.
      if ((this.#times[at] ?? 0) < 3) this.#times[at] = (this.#times[at] ?? 0) + 1;
      return false;
    }
    this.#times[at] = 1;
    this.#high[at] = high;
    this.#low[at] = low;
    this.count += 1;
    if (this.count * 2 > this.#times.length) this.#grow();
    return true;
  }

  has(high: number, low: number): boolean {
    return this.#times[this.#find(high, low)] !== 0;
  }

  /** Keys that came exactly so often, 1 or 2. */
  cameTimes(times: 1 | 2): number {
    let count = 0;
    for (const each of this.#times) if (each === times) count += 1;
    return count;
  }

  /** Where it is, or would be. */
  #find(high: number, low: number): number {
    const [highs, lows, times, mask] = [this.#high, this.#low, this.#times, this.#mask];
    let at = (low ^ Math.imul(high, 0x9e37_79b1)) & mask;
    while (times[at] !== 0 && (highs[at] !== high >>> 0 || lows[at] !== low >>> 0)) at = (at + 1) & mask;
    return at;
  }

  #grow(): void {
    const [high, low, times] = [this.#high, this.#low, this.#times];
    const size = times.length * 2;
    this.#high = new Uint32Array(size);
    this.#low = new Uint32Array(size);
    this.#times = new Uint8Array(size);
    this.#mask = size - 1;
    for (const [from, came] of times.entries()) {
      if (came === 0) continue;
      let at = ((low[from] ?? 0) ^ Math.imul(high[from] ?? 0, 0x9e37_79b1)) & this.#mask;
      while (this.#times[at] !== 0) at = (at + 1) & this.#mask;
      this.#times[at] = came;
      this.#high[at] = high[from] ?? 0;
      this.#low[at] = low[from] ?? 0;
    }
  }
}

/** Spreads the bits of a number over 32 (the finaliser of MurmurHash3, Austin Appleby, public domain). */
export function mixed(value: number): number {
  let mix = value | 0;
  mix = Math.imul(mix ^ (mix >>> 16), 0x85eb_ca6b);
  mix = Math.imul(mix ^ (mix >>> 13), 0xc2b2_ae35);
  return (mix ^ (mix >>> 16)) >>> 0;
}
