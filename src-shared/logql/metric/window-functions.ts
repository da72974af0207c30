import type { RangeOp } from "../ast.ts";

/** The samples of one series, ascending in time. Times are ns behind a common beginning. */
export interface Samples {
  readonly times: ArrayLike<number>;
  readonly values: ArrayLike<number>;
}

/** The value of the samples from `from` up to `to` (not included); there is at least one. */
export type WindowFunction = (samples: Samples, from: number, to: number) => number;

function sum({ values }: Samples, from: number, to: number): number {
  let total = 0;
  for (let at = from; at < to; at++) total += values[at] ?? 0;
  return total;
}

function average({ values }: Samples, from: number, to: number): number {
  let mean = 0;
  let count = 0;
  for (let at = from; at < to; at++) {
    const value = values[at] ?? 0;
    count++;
    if (!Number.isFinite(mean) && !Number.isNaN(mean)) {
      if (!Number.isFinite(value) && !Number.isNaN(value) && mean > 0 === value > 0) continue;
      if (Number.isFinite(value)) continue;
    }
    mean += value / count - mean / count;
  }
  return mean;
}

function extreme(isBetter: (value: number, best: number) => boolean): WindowFunction {
  return ({ values }, from, to) => {
    let best = values[from] ?? 0;
    for (let at = from + 1; at < to; at++) {
      const value = values[at] ?? 0;
      if (isBetter(value, best) || Number.isNaN(best)) best = value;
    }
    return best;
  };
}

/** The population's variance. */
function variance({ values }: Samples, from: number, to: number): number {
  let mean = 0;
  let squares = 0;
  let count = 0;
  for (let at = from; at < to; at++) {
    const value = values[at] ?? 0;
    count++;
    const delta = value - mean;
    mean += delta / count;
    squares += delta * (value - mean);
  }
  return squares / count;
}

function numeric(left: number, right: number): number {
  if (Number.isNaN(left)) return Number.isNaN(right) ? 0 : -1;
  if (Number.isNaN(right)) return 1;
  return left - right || 0;
}

/** Linear between the closest ranks. */
export function quantile(phi: number, sorted: readonly number[]): number {
  if (sorted.length === 0 || Number.isNaN(phi)) return Number.NaN;
  if (phi < 0) return -Infinity;
  if (phi > 1) return Infinity;
  const rank = phi * (sorted.length - 1);
  const lower = Math.max(0, Math.floor(rank));
  const upper = Math.min(sorted.length - 1, lower + 1);
  const weight = rank - Math.floor(rank);
  return (sorted[lower] ?? 0) * (1 - weight) + (sorted[upper] ?? 0) * weight;
}

function quantileOf(phi: number): WindowFunction {
  return ({ values }, from, to) => {
    const window: number[] = [];
    for (let at = from; at < to; at++) window.push(values[at] ?? 0);
    return quantile(phi, window.toSorted(numeric));
  };
}

/** Increase over the window with counter resets taken out. */
export function increaseOf({ values }: Samples, from: number, to: number): number {
  let increase = (values[to - 1] ?? 0) - (values[from] ?? 0);
  for (let at = from + 1; at < to; at++) {
    const before = values[at - 1] ?? 0;
    if ((values[at] ?? 0) < before) increase += before;
  }
  return increase;
}

/**
 * The rate of a counter as Prometheus extrapolates it to the ends of the window. `unitNs` is the length of a second in the
 * times' unit, `rangeUnits` the window's in it; the window ends at `rangeEnd`.
 */
export function extrapolatedRate(
  samples: Samples,
  from: number,
  to: number,
  window: {
    readonly startToFirst: number;
    readonly lastToEnd: number;
    readonly sampled: number;
    readonly seconds: number;
  },
): number {
  const count = to - from;
  if (count < 2) return 0;
  const increase = increaseOf(samples, from, to);
  const spacing = window.sampled / (count - 1);
  const first = samples.values[from] ?? 0;
  let toStart = window.startToFirst;
  if (increase > 0 && first >= 0) toStart = Math.min(toStart, window.sampled * (first / increase));
  const threshold = spacing * 1.1;
  let extrapolated = window.sampled;
  extrapolated += toStart < threshold ? toStart : spacing / 2;
  extrapolated += window.lastToEnd < threshold ? window.lastToEnd : spacing / 2;
  return (increase * (extrapolated / window.sampled)) / window.seconds;
}

/** The functions of windows that need nothing but the values; `rate_counter` and `absent_over_time` are apart. */
export function windowFunction(op: RangeOp, param: number | null, rangeSeconds: number): WindowFunction {
  switch (op) {
    case "count_over_time":
      return (_, from, to) => to - from;
    case "rate":
    case "bytes_rate":
      return (samples, from, to) => sum(samples, from, to) / rangeSeconds;
    case "sum_over_time":
    case "bytes_over_time":
      return sum;
    case "avg_over_time":
      return average;
    case "max_over_time":
      return extreme((value, best) => value > best);
    case "min_over_time":
      return extreme((value, best) => value < best);
    case "stdvar_over_time":
      return variance;
    case "stddev_over_time":
      return (samples, from, to) => Math.sqrt(variance(samples, from, to));
    case "quantile_over_time":
      return quantileOf(param ?? 0);
    case "first_over_time":
      return ({ values }, from) => values[from] ?? 0;
    case "last_over_time":
      return ({ values }, _, to) => values[to - 1] ?? 0;
    case "rate_counter":
    case "absent_over_time":
      throw new RangeError(`${op} has no plain window function`);
  }
}
