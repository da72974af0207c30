import { LOG_LEVELS } from "../../../../src-shared/model/log-level.ts";
import { MARKER_LEVEL, type PackedRows } from "../result-set/packed-rows.ts";
import { hasBit, type RowBitmap } from "./row-bitmap.ts";

/** Buckets of equal width from `startNs` on; the last one ends at `startNs + buckets * bucketNs`. */
export interface BucketGrid {
  readonly startNs: bigint;
  readonly bucketNs: bigint;
  readonly buckets: number;
}

/** The bucket of an instant; -1 outside the grid. */
export function bucketOf(grid: BucketGrid, timestampNs: bigint): number {
  if (timestampNs < grid.startNs) return -1;
  const bucket = Number((timestampNs - grid.startNs) / grid.bucketNs);
  return bucket < grid.buckets ? bucket : -1;
}

/** Entries by bucket and level: count `bucket * LOG_LEVELS.length + level`. `selected` is by row of the part. */
export function countLevels(
  rows: PackedRows,
  firstRow: number,
  selected: RowBitmap | null,
  grid: BucketGrid,
): Uint32Array<ArrayBuffer> {
  const counts = new Uint32Array(grid.buckets * LOG_LEVELS.length);
  const { table } = rows;
  // Rows follow each other in time: most are in the bucket of the one before.
  let bucket = -1;
  let fromNs = 0n;
  let toNs = 0n;
  for (let row = 0; row < rows.rowCount; row += 1) {
    if (selected !== null && !hasBit(selected, firstRow + row)) continue;
    const level = table.level(row);
    if (level === MARKER_LEVEL) continue;
    const timestampNs = table.timestampNs(row);
    if (timestampNs < fromNs || timestampNs >= toNs || bucket === -1) {
      bucket = bucketOf(grid, timestampNs);
      if (bucket === -1) continue;
      fromNs = grid.startNs + BigInt(bucket) * grid.bucketNs;
      toNs = fromNs + grid.bucketNs;
    }
    const at = bucket * LOG_LEVELS.length + level;
    counts[at] = (counts[at] ?? 0) + 1;
  }
  return counts;
}
