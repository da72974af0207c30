/** A value among its mates, on a logarithmic scale: latencies and rates differ by factors, not by seconds. */
export interface PeerDeviation {
  readonly own: number;
  readonly matesMedian: number;
  /** Median absolute deviation of the mates, in their own unit. */
  readonly spread: number;
  /** Own value over the mates' median. */
  readonly ratio: number;
  /**
   * Robust z-score: (ln own − median ln mates) ÷ max(1.4826 × MAD of ln mates, `noise`). The floor is needed because the
   * MAD of two mates is half their distance and may be nothing.
   */
  readonly score: number;
}

/**
 * `floor` is added to all, so that nothing is divided by zero and differences below it do not count; `noise` is the natural
 * spread of this quantity between healthy mates, in ln.
 */
export interface DeviationScale {
  readonly floor: number;
  readonly noise: number;
}

/** Makes the MAD of a normal distribution its standard deviation (Rousseeuw and Croux 1993). */
const MAD_TO_SIGMA = 1.4826;

export function median(values: readonly number[]): number {
  return middleOf(values.toSorted(ascending), -1);
}

/** How far a value is from its mates'; `null` without mates. */
export function peerDeviation(own: number, mates: readonly number[], scale: DeviationScale): PeerDeviation | null {
  return new PeerSample(mates, scale).deviation(own, false);
}

/**
 * Values that belong together, sorted once, so that each of hundreds can be held against all the others without sorting
 * those hundreds of times.
 */
export class PeerSample {
  readonly #values: number[];
  readonly #logs: number[];
  readonly #scale: DeviationScale;

  constructor(values: readonly number[], scale: DeviationScale) {
    this.#scale = scale;
    this.#values = values.toSorted(ascending);
    this.#logs = this.#values.map((value) => Math.log(value + scale.floor));
  }

  get size(): number {
    return this.#values.length;
  }

  add(value: number): void {
    const at = placeOf(this.#values, value);
    this.#values.splice(at, 0, value);
    this.#logs.splice(at, 0, Math.log(value + this.#scale.floor));
  }

  remove(value: number): void {
    const at = placeOf(this.#values, value);
    if (this.#values[at] !== value) return;
    this.#values.splice(at, 1);
    this.#logs.splice(at, 1);
  }

  /** Of `own` against the others; `among` says that it is one of the values itself. `null` when there are no others. */
  deviation(own: number, among: boolean): PeerDeviation | null {
    const left = among ? placeOf(this.#values, own) : -1;
    if (this.#values.length - (among ? 1 : 0) <= 0) return null;
    const logsMedian = middleOf(this.#logs, left);
    const matesMedian = middleOf(this.#values, left);
    const distance = Math.log(own + this.#scale.floor) - logsMedian;
    const spread = deviationAround(this.#logs, left, logsMedian);
    return {
      own,
      matesMedian,
      spread: deviationAround(this.#values, left, matesMedian),
      ratio: Math.exp(distance),
      score: distance / Math.max(MAD_TO_SIGMA * spread, this.#scale.noise),
    };
  }
}

const ascending = (a: number, b: number) => a - b;

/** Where the first value not below `value` stands. */
function placeOf(sorted: readonly number[], value: number): number {
  let from = 0;
  let to = sorted.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((sorted[middle] ?? 0) < value) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** The median of what is sorted, without the one at `left` (−1: all of them). */
function middleOf(sorted: readonly number[], left: number): number {
  const size = sorted.length - (left < 0 ? 0 : 1);
  const at = (index: number) => sorted[left >= 0 && index >= left ? index + 1 : index] ?? Number.NaN;
  const middle = size >> 1;
  return size % 2 === 1 ? at(middle) : (at(middle - 1) + at(middle)) / 2;
}

/** The median of the distances to `middle`: the nearest come first, from both sides of it. */
function deviationAround(sorted: readonly number[], left: number, middle: number): number {
  const size = sorted.length - (left < 0 ? 0 : 1);
  const wanted = size >> 1;
  let above = placeOf(sorted, middle);
  let below = above - 1;
  let previous = 0;
  let current = 0;
  for (let taken = 0; taken <= wanted; taken++) {
    if (above === left) above += 1;
    if (below === left) below -= 1;
    const up = above < sorted.length ? (sorted[above] ?? 0) - middle : Number.POSITIVE_INFINITY;
    const down = below >= 0 ? middle - (sorted[below] ?? 0) : Number.POSITIVE_INFINITY;
    previous = current;
    if (up <= down) {
      current = up;
      above += 1;
    } else {
      current = down;
      below -= 1;
    }
  }
  return size % 2 === 1 ? current : (previous + current) / 2;
}
