import { NS_PER_MS, NS_PER_SECOND, type TimeRange } from "../../../src-shared/model/nano-time.ts";

/** One run of buckets of a plan that one request asks for; `stepNs` divides it, or is the whole of it. */
export interface BucketRun {
  readonly range: TimeRange;
  /** The plan's bucket that the run begins in. */
  readonly firstBucket: number;
  readonly buckets: number;
}

/**
 * Buckets aligned to whole steps since the epoch, as Loki's frontend aligns queries, that cover a range exactly: where the
 * range begins or ends inside a bucket, that bucket has a run of its own which asks for its part only.
 */
export interface BucketPlan {
  readonly startNs: bigint;
  readonly stepNs: bigint;
  readonly buckets: number;
  readonly runs: readonly BucketRun[];
}

const MINUTE = 60n * NS_PER_SECOND;
const HOUR = 60n * MINUTE;
const DAY = 24n * HOUR;

/** Widths that people read easily. Loki's steps are whole milliseconds. */
const STEPS: readonly bigint[] = [
  ...[1n, 2n, 5n, 10n, 20n, 50n, 100n, 200n, 500n].map((ms) => ms * NS_PER_MS),
  ...[1n, 2n, 5n, 10n, 15n, 30n].map((seconds) => seconds * NS_PER_SECOND),
  ...[1n, 2n, 5n, 10n, 15n, 30n].map((minutes) => minutes * MINUTE),
  ...[1n, 2n, 3n, 6n, 12n].map((hours) => hours * HOUR),
  ...[1n, 2n, 7n, 14n, 28n, 56n, 112n, 224n, 448n, 3_650n, 36_500n].map((days) => days * DAY),
];

/** The finest plan of at most so many buckets, but for one more where the range lies across an edge of the widest. */
export function bucketPlan(range: TimeRange, maxBuckets: number): BucketPlan {
  const counts = STEPS.map((step) => ({
    step,
    count: (ceilTo(range.endNs, step) - floorTo(range.startNs, step)) / step,
  }));
  const fitting = counts.find(({ count }) => count <= BigInt(maxBuckets));
  // With one or two buckets an edge may fall into any short range at every width: then the width of the range decides.
  const near = counts.find(({ step }) => step * BigInt(maxBuckets) >= range.endNs - range.startNs);
  const chosen =
    fitting !== undefined && near !== undefined && fitting.step > near.step * 8n ? near : (fitting ?? near);
  const step = chosen?.step ?? 36_500n * DAY;
  const startNs = floorTo(range.startNs, step);
  const buckets = Number((ceilTo(range.endNs, step) - startNs) / step);
  return { startNs, stepNs: step, buckets, runs: runsOf(range, startNs, step) };
}

function runsOf(range: TimeRange, startNs: bigint, step: bigint): BucketRun[] {
  const first = ceilTo(range.startNs, step);
  const last = floorTo(range.endNs, step);
  if (first > last) return [{ range, firstBucket: 0, buckets: 1 }];
  const bucketAt = (ns: bigint) => Number((ns - startNs) / step);
  const runs: BucketRun[] = [];
  const add = (from: bigint, to: bigint) => {
    if (from === to) return;
    const buckets = Math.max(1, Number((to - from) / step));
    runs.push({ range: { startNs: from, endNs: to }, firstBucket: bucketAt(from), buckets });
  };
  add(range.startNs, first);
  add(first, last);
  add(last, range.endNs);
  return runs;
}

function floorTo(ns: bigint, step: bigint): bigint {
  const rest = ns % step;
  return rest < 0n ? ns - rest - step : ns - rest;
}

function ceilTo(ns: bigint, step: bigint): bigint {
  const floor = floorTo(ns, step);
  return floor === ns ? ns : floor + step;
}
