import type { Histogram } from "../../../src-shared/api/logs.api.ts";
import { LOG_LEVELS, type LogLevel } from "../../../src-shared/model/log-level.ts";
import type { TimeRange } from "../../../src-shared/model/nano-time.ts";
import type { ResultSet } from "./result-set/result-set.ts";
import { bucketOf, type BucketGrid } from "./scan/count-levels.ts";
import { lendPart } from "./scan/part-place.ts";
import type { ScanPool } from "./scan/scan-pool.ts";

/** Entries of a set by level over a range, or over all its rows. Markers are not counted. */
export async function setHistogram(
  set: ResultSet,
  range: TimeRange | null,
  buckets: number,
  pool: ScanPool,
): Promise<Histogram> {
  const { startNs, endNs } = range ?? extentOf(set);
  const bucketNs = (endNs - startNs + BigInt(buckets) - 1n) / BigInt(buckets);
  const grid: BucketGrid = { startNs, bucketNs: bucketNs > 0n ? bucketNs : 1n, buckets };
  const totals = new Float64Array(buckets * LOG_LEVELS.length);
  const whole = set.caughtUp && (set.progress.ended || set.progress.phase === "tailing");
  await Promise.all(
    Array.from({ length: set.store.partCount }, async (_, part) => {
      const counts = await partCounts(set, part, grid, pool);
      for (const [index, count] of counts) totals[index] = (totals[index] ?? 0) + count;
    }),
  );
  return {
    startNs: String(grid.startNs),
    bucketNs: String(grid.bucketNs),
    buckets: Array.from({ length: buckets }, (_, bucket) => levelsOf(totals, bucket)),
    whole,
  };
}

/** Counts by `bucket * levels + level`. What lies in one bucket as a whole is known without a look at its rows. */
async function partCounts(
  set: ResultSet,
  part: number,
  grid: BucketGrid,
  pool: ScanPool,
): Promise<Iterable<readonly [number, number]>> {
  const { minNs, maxNs, levelCounts } = set.store.summary(part);
  if (maxNs < grid.startNs || minNs >= grid.startNs + grid.bucketNs * BigInt(grid.buckets)) return [];
  const bits = set.view?.partBits(part) ?? null;
  if (set.view !== null && (bits === null || bits.count === 0)) return [];
  const bucket = bucketOf(grid, minNs);
  if (bits === null && bucket !== -1 && bucket === bucketOf(grid, maxNs)) {
    return Array.from(levelCounts, (count, level) => [bucket * LOG_LEVELS.length + level, count] as const);
  }
  const answer = await pool.run(() => {
    const lent = lendPart(set.store, part, 0);
    return {
      request: { kind: "levels", place: lent.place, firstRow: lent.firstRow, selected: bits?.words ?? null, ...grid },
      transfer: lent.transfer,
      release: () => lent.release(),
    };
  });
  return answer.kind === "levels" ? answer.counts.entries() : [];
}

function levelsOf(totals: Float64Array, bucket: number): Partial<Record<LogLevel, number>> {
  const levels: Partial<Record<LogLevel, number>> = {};
  for (const [index, level] of LOG_LEVELS.entries()) {
    const count = totals[bucket * LOG_LEVELS.length + index] ?? 0;
    if (count > 0) levels[level] = count;
  }
  return levels;
}

/** From the earliest row of the store to just behind the latest. */
function extentOf(set: ResultSet): TimeRange {
  let startNs: bigint | null = null;
  let endNs = 0n;
  for (let part = 0; part < set.store.partCount; part += 1) {
    const { minNs, maxNs } = set.store.summary(part);
    if (startNs === null || minNs < startNs) startNs = minNs;
    if (part === 0 || maxNs >= endNs) endNs = maxNs + 1n;
  }
  return { startNs: startNs ?? 0n, endNs: startNs === null ? 0n : endNs };
}
