/** The times a metric query is evaluated at: `startNs`, `startNs + stepNs`, … up to `endNs`. */
export interface StepGrid {
  readonly startNs: bigint;
  readonly stepNs: bigint;
  readonly count: number;
}

const MAX_EXACT = 2n ** 53n;

export function stepGrid(startNs: bigint, endNs: bigint, stepNs: bigint): StepGrid {
  if (endNs <= startNs || stepNs <= 0n) return { startNs, stepNs: 1n, count: 1 };
  return { startNs, stepNs, count: Number((endNs - startNs) / stepNs) + 1 };
}

/** The time of a step in milliseconds, as Loki gives it. */
export function stepMs(grid: StepGrid, index: number): number {
  return Number((grid.startNs + BigInt(index) * grid.stepNs) / 1_000_000n);
}

/** The steps whose window holds an entry: from `first` to `last`, none when `last < first`. Filled by a `StepFinder`. */
export interface StepSpan {
  first: number;
  last: number;
  /** The entry's time behind the beginning of the earliest window, in ns. */
  offset: number;
}

export type StepFinder = (timestampNs: bigint, span: StepSpan) => void;

function ceilDiv(value: bigint, divisor: bigint): bigint {
  const quotient = value / divisor;
  return value > 0n && quotient * divisor !== value ? quotient + 1n : quotient;
}

/** The beginning of the earliest window; `StepSpan.offset` counts from it. */
export function firstWindowNs(grid: StepGrid, rangeNs: bigint, offsetNs: bigint): bigint {
  return grid.startNs - rangeNs - offsetNs;
}

export type OffsetFinder = (offset: number, span: StepSpan) => void;

/** A `StepFinder` for times given as offsets from `firstWindowNs`; `null` where a number cannot hold all of them exactly. */
export function offsetFinder(grid: StepGrid, rangeNs: bigint): OffsetFinder | null {
  if (BigInt(grid.count) * grid.stepNs + rangeNs >= MAX_EXACT) return null;
  const range = Number(rangeNs);
  const step = Number(grid.stepNs);
  const lastStep = grid.count - 1;
  return (offset, span) => {
    span.offset = offset;
    span.first = Math.max(0, Math.ceil((offset - range) / step));
    span.last = Math.min(lastStep, Math.ceil(offset / step) - 1);
  };
}

/**
 * Finds the windows of an entry. The window of step t is (t − range − offset, t − offset]: open at its beginning, closed at
 * its end.
 */
export function stepFinder(grid: StepGrid, rangeNs: bigint, offsetNs: bigint): StepFinder {
  const baseNs = firstWindowNs(grid, rangeNs, offsetNs);
  const exact = offsetFinder(grid, rangeNs);
  if (exact !== null) return (timestampNs, span) => exact(Number(timestampNs - baseNs), span);
  const lastStep = grid.count - 1;
  return (timestampNs, span) => {
    const offset = timestampNs - baseNs;
    span.offset = Number(offset);
    span.first = Math.max(0, Number(ceilDiv(offset - rangeNs, grid.stepNs)));
    span.last = Math.min(lastStep, Number(ceilDiv(offset, grid.stepNs)) - 1);
  };
}
