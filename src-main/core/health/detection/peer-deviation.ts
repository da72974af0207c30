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

/** Makes the MAD of a normal distribution its standard deviation (Rousseeuw and Croux 1993). */
const MAD_TO_SIGMA = 1.4826;

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/**
 * How far a value is from its mates'. `floor` is added to all, so that nothing is divided by zero and differences below it
 * do not count; `noise` is the natural spread of this quantity between healthy mates, in ln. `null` without mates.
 */
export function peerDeviation(
  own: number,
  mates: readonly number[],
  { floor, noise }: { readonly floor: number; readonly noise: number },
): PeerDeviation | null {
  if (mates.length === 0) return null;
  const logs = mates.map((value) => Math.log(value + floor));
  const middle = median(logs);
  const spread = median(logs.map((value) => Math.abs(value - middle)));
  const distance = Math.log(own + floor) - middle;
  const matesMedian = median(mates);
  return {
    own,
    matesMedian,
    spread: median(mates.map((value) => Math.abs(value - matesMedian))),
    ratio: Math.exp(distance),
    score: distance / Math.max(MAD_TO_SIGMA * spread, noise),
  };
}
