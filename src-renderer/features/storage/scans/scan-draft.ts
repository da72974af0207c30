import type { z } from "zod";
import type { BucketDay, BucketOverview, scanRequestSchema } from "../../../../src-shared/model/storage/scan.ts";
import type { StoreId } from "../../../../src-shared/model/storage/store.ts";

const DAY_MS = 86_400_000;
const MIB = 1_048_576;

export const SCAN_RANGES = ["all", "day", "week", "month", "custom"] as const;
export type ScanRange = (typeof SCAN_RANGES)[number];
const RANGE_DAYS: Readonly<Partial<Record<ScanRange, number>>> = { day: 1, week: 7, month: 30 };

/** What stands in the form of a scan. */
export interface ScanDraft {
  readonly mode: "fast" | "deep";
  readonly tenants: readonly string[];
  readonly range: ScanRange;
  /** `YYYY-MM-DD` in UTC, both included; of the custom range. */
  readonly fromDay: string;
  readonly throughDay: string;
  readonly samplePercent: number | null;
  readonly incremental: boolean;
  /** `null` for the store's own. */
  readonly mebibytesPerSecond: number | null;
}

export type ScanField = "fromDay" | "throughDay" | "sample" | "rate";
export type ScanProblem = "day" | "reversed" | "percent" | "number";

export function emptyScan(nowMs: number): ScanDraft {
  return {
    mode: "fast",
    tenants: [],
    range: "all",
    fromDay: dayOf(nowMs - 7 * DAY_MS),
    throughDay: dayOf(nowMs),
    samplePercent: 100,
    incremental: true,
    mebibytesPerSecond: null,
  };
}

export function dayOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10);
}

/** The first instant of a day; `null` for a text that is no day. */
export function dayStartMs(day: string): number | null {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) return null;
  const atMs = Date.parse(`${day}T00:00:00.000Z`);
  return Number.isNaN(atMs) || dayOf(atMs) !== day ? null : atMs;
}

export function scanProblems(draft: ScanDraft): Partial<Record<ScanField, ScanProblem>> {
  const problems: Partial<Record<ScanField, ScanProblem>> = {};
  const { samplePercent, mebibytesPerSecond } = draft;
  if (samplePercent === null || samplePercent <= 0 || samplePercent > 100) problems.sample = "percent";
  if (mebibytesPerSecond !== null && mebibytesPerSecond < 1) problems.rate = "number";
  if (draft.range !== "custom") return problems;
  const fromMs = dayStartMs(draft.fromDay);
  const throughMs = dayStartMs(draft.throughDay);
  if (fromMs === null) problems.fromDay = "day";
  if (throughMs === null) problems.throughDay = "day";
  if (fromMs !== null && throughMs !== null && fromMs > throughMs) problems.throughDay = "reversed";
  return problems;
}

/** The bounds of what is looked at; `null` at an end that is open. */
export function scanBounds(
  draft: ScanDraft,
  nowMs: number,
): { readonly fromMs: number | null; readonly throughMs: number | null } {
  if (draft.range === "all") return { fromMs: null, throughMs: null };
  if (draft.range === "custom") {
    const lastMs = dayStartMs(draft.throughDay);
    return { fromMs: dayStartMs(draft.fromDay), throughMs: lastMs === null ? null : lastMs + DAY_MS - 1 };
  }
  return { fromMs: nowMs - (RANGE_DAYS[draft.range] ?? 0) * DAY_MS, throughMs: null };
}

export function scanRequestOf(store: StoreId, draft: ScanDraft, nowMs: number): z.input<typeof scanRequestSchema> {
  return {
    store,
    mode: draft.mode,
    scope: {
      tenants: draft.tenants.length === 0 ? null : [...draft.tenants],
      ...scanBounds(draft, nowMs),
      samplePercent: draft.samplePercent ?? 100,
    },
    incremental: draft.incremental,
    bytesPerSecond: draft.mebibytesPerSecond === null ? null : Math.round(draft.mebibytesPerSecond * MIB),
  };
}

/** What a scan will probably read, by what the last one saw. */
export interface ScanEstimate {
  readonly bytes: number;
  readonly chunks: number;
  /** Days that are not among those the overview told. */
  readonly partial: boolean;
}

/** `null` where nothing is known: there was no scan yet. */
export function scanEstimate(
  overview: BucketOverview | undefined,
  draft: ScanDraft,
  nowMs: number,
): ScanEstimate | null {
  if (overview === undefined || overview.last === null) return null;
  const { fromMs, throughMs } = scanBounds(draft, nowMs);
  const tenants = new Set(draft.tenants);
  const asked = ({ tenant, day }: BucketDay): boolean => {
    const startMs = dayStartMs(day);
    return (
      startMs !== null &&
      (tenants.size === 0 || tenants.has(tenant)) &&
      (fromMs === null || startMs + DAY_MS > fromMs) &&
      (throughMs === null || startMs <= throughMs)
    );
  };
  const share = (draft.samplePercent ?? 100) / 100;
  let bytes = 0;
  let chunks = 0;
  for (const day of overview.days.filter(asked)) {
    // Verified ones are not read again where nothing has changed.
    const left = draft.incremental && day.chunks > 0 ? Math.max(0, day.chunks - day.verified) / day.chunks : 1;
    bytes += day.bytes * left * share;
    chunks += day.chunks * left * share;
  }
  return { bytes: Math.round(bytes), chunks: Math.round(chunks), partial: overview.daysLeftOut > 0 };
}
