import type { Histogram } from "../../../../src-shared/api/logs.api.ts";
import { LOG_LEVELS, type LogLevel } from "../../../../src-shared/model/log-level.ts";
import type { NanoRange } from "../session/run-plan.ts";

/** One level's part of one bar, in shares of the highest bar: 0 is the floor. */
export interface BarPart {
  readonly level: LogLevel;
  readonly from: number;
  readonly to: number;
}

export interface VolumeBar {
  readonly index: number;
  readonly startNs: bigint;
  readonly endNs: bigint;
  /** Of the levels that are shown. */
  readonly total: number;
  readonly parts: readonly BarPart[];
}

export interface VolumeModel {
  readonly bars: readonly VolumeBar[];
  readonly highest: number;
  /** Over the whole range, each level, also those that are hidden. */
  readonly totals: Readonly<Partial<Record<LogLevel, number>>>;
}

/** Bars stacked from the floor with the worst level, so that errors have a common base line and can be compared. */
export function volumeModel(histogram: Histogram, hidden: ReadonlySet<LogLevel>): VolumeModel {
  const startNs = BigInt(histogram.startNs);
  const bucketNs = BigInt(histogram.bucketNs);
  const totals: Partial<Record<LogLevel, number>> = {};
  const sums: number[] = [];
  for (const bucket of histogram.buckets) {
    let sum = 0;
    for (const level of LOG_LEVELS) {
      const count = bucket[level] ?? 0;
      if (count === 0) continue;
      totals[level] = (totals[level] ?? 0) + count;
      if (!hidden.has(level)) sum += count;
    }
    sums.push(sum);
  }
  const highest = sums.reduce((most, sum) => Math.max(most, sum), 0);
  const bars = histogram.buckets.map((bucket, index): VolumeBar => {
    const parts: BarPart[] = [];
    let from = 0;
    for (const level of LOG_LEVELS) {
      const count = hidden.has(level) ? 0 : (bucket[level] ?? 0);
      if (count === 0 || highest === 0) continue;
      const to = from + count / highest;
      parts.push({ level, from, to });
      from = to;
    }
    const start = startNs + bucketNs * BigInt(index);
    return { index, startNs: start, endNs: start + bucketNs, total: sums[index] ?? 0, parts };
  });
  return { bars, highest, totals };
}

/** The range that a stretch of bars covers, from one to the other, in either order. */
export function barsRange(model: VolumeModel, a: number, b: number): NanoRange | null {
  const first = model.bars[Math.max(0, Math.min(a, b))];
  const last = model.bars[Math.min(model.bars.length - 1, Math.max(a, b))];
  if (first === undefined || last === undefined) return null;
  return { startNs: String(first.startNs), endNs: String(last.endNs) };
}

/** The bar under a share of the width. */
export function barAt(model: VolumeModel, share: number): number {
  return Math.min(model.bars.length - 1, Math.max(0, Math.floor(share * model.bars.length)));
}
