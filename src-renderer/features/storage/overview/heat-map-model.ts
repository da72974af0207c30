import type { BucketDay, BucketGrowth } from "../../../../src-shared/model/storage/scan.ts";

const DAY_MS = 86_400_000;
/** Columns at most: a quarter of a year. */
export const MOST_DAYS = 90;

/** What a cell's strength stands for. */
export const HEAT_MEASURES = ["bytes", "verified"] as const;
export type HeatMeasure = (typeof HEAT_MEASURES)[number];

/** From 0, nothing there, to 4. */
export type HeatLevel = 0 | 1 | 2 | 3 | 4;

export interface HeatRow {
  readonly tenant: string;
  /** By column; `null` where the bucket holds nothing of that day and nothing is missing. */
  readonly cells: readonly (BucketDay | null)[];
  readonly bytes: number;
  readonly chunks: number;
  readonly worst: BucketDay["worst"];
  /** Of the tenant, scan by scan. */
  readonly growth: readonly { readonly atMs: number; readonly value: number }[];
}

export interface HeatMap {
  /** `YYYY-MM-DD`, oldest first, without a gap: a day that nobody has anything of is an empty column. */
  readonly days: readonly string[];
  readonly rows: readonly HeatRow[];
  /** The most bytes of one cell. */
  readonly most: number;
  /** Days before the first column that the overview told of. */
  readonly hiddenDays: number;
}

const RANK = { critical: 3, warning: 2, info: 1 } as const;

function rank(worst: BucketDay["worst"]): number {
  return worst === null ? 0 : RANK[worst];
}

/** A day's place among all days. */
function dayNumber(day: string): number {
  return Math.floor(Date.parse(`${day}T00:00:00Z`) / DAY_MS);
}

function dayText(number: number): string {
  return new Date(number * DAY_MS).toISOString().slice(0, 10);
}

/** Tenants with the worst findings first, then the biggest; days from the oldest to the newest. */
export function heatMap(days: readonly BucketDay[], growth: readonly BucketGrowth[]): HeatMap {
  const numbers = days.map(({ day }) => dayNumber(day));
  const newest = numbers.reduce((most, number) => Math.max(most, number), -Infinity);
  const oldest = numbers.reduce((least, number) => Math.min(least, number), Infinity);
  if (!Number.isFinite(newest)) return { days: [], rows: [], most: 0, hiddenDays: 0 };
  const first = Math.max(oldest, newest - MOST_DAYS + 1);
  const columns = newest - first + 1;
  const rows = new Map<
    string,
    { cells: (BucketDay | null)[]; bytes: number; chunks: number; worst: BucketDay["worst"] }
  >();
  let most = 0;
  for (const [place, day] of days.entries()) {
    const row = rows.get(day.tenant) ?? {
      cells: Array.from({ length: columns }, () => null),
      bytes: 0,
      chunks: 0,
      worst: null,
    };
    rows.set(day.tenant, row);
    row.bytes += day.bytes;
    row.chunks += day.chunks;
    if (rank(day.worst) > rank(row.worst)) row.worst = day.worst;
    const column = (numbers[place] ?? 0) - first;
    if (column < 0) continue;
    row.cells[column] = day;
    most = Math.max(most, day.bytes);
  }
  const past = growthByTenant(growth);
  return {
    days: Array.from({ length: columns }, (_, column) => dayText(first + column)),
    rows: [...rows]
      .map(([tenant, row]) => ({ tenant, ...row, growth: past.get(tenant) ?? [] }))
      .toSorted((a, b) => rank(b.worst) - rank(a.worst) || b.bytes - a.bytes || (a.tenant < b.tenant ? -1 : 1)),
    most,
    hiddenDays: first - oldest,
  };
}

function growthByTenant(growth: readonly BucketGrowth[]): ReadonlyMap<string, HeatRow["growth"]> {
  const past = new Map<string, { atMs: number; value: number }[]>();
  for (const { atMs, tenants } of growth) {
    for (const { tenant, bytes } of tenants) {
      const points = past.get(tenant) ?? [];
      points.push({ atMs, value: bytes });
      past.set(tenant, points);
    }
  }
  return past;
}

/** The share of a day's chunks that were read and found sound; `null` for a day without chunks. */
export function verifiedShare({ chunks, verified }: Pick<BucketDay, "chunks" | "verified">): number | null {
  return chunks === 0 ? null : Math.min(1, verified / chunks);
}

/**
 * How strong a cell is drawn. Bytes go by powers of eight below the most of all: tenants of a bucket differ by thousands, and
 * on a straight scale all but the biggest would look empty. Verified shares go by quarters, whole ones alone being strongest.
 */
export function heatLevel(day: BucketDay | null, measure: HeatMeasure, most: number): HeatLevel {
  if (day === null) return 0;
  if (measure === "verified") {
    const share = verifiedShare(day);
    if (share === null || share === 0) return 0;
    return share === 1 ? 4 : share >= 0.75 ? 3 : share >= 0.25 ? 2 : 1;
  }
  if (day.bytes <= 0 || most <= 0) return 0;
  const below = Math.log(most / day.bytes) / Math.log(8);
  return below < 0.5 ? 4 : below < 1 ? 3 : below < 2 ? 2 : 1;
}
