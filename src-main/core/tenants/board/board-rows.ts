import type { LimitGauge, OverrideExpiry, TenantRow } from "../../../../src-shared/model/tenants/board.ts";
import { discardsOf, gaugesOf, withPoints, type GaugeParts } from "./gauges.ts";
import { parseUseKey } from "./use/use-series.ts";

/** A board lists no more. */
const MOST_ROWS = 2_000;
/** Curves cost most of a board's bytes: whoever is near a limit has those of all gauges, some more of the nearest, the rest none. */
const FULL_ROWS = 40;
const NEAREST_ROWS = 120;
const FULL_POINTS = 40;
const NEAREST_POINTS = 20;

/**
 * Rows, those nearest to a limit first, then those of whom most is refused, at last those of whom nothing is measured, in the order of
 * the file; and how many more there are.
 */
export function boardRows(
  tenantsWithOverrides: readonly string[],
  expiries: readonly OverrideExpiry[],
  parts: GaugeParts,
): { readonly rows: TenantRow[]; readonly more: number } {
  parts.trends.begin();
  const reasons = reasonsByTenant(parts.present);
  const none: ReadonlySet<string> = new Set();
  const expiring = Map.groupBy(expiries, ({ tenant }) => tenant);
  const known = [...reasons.keys()].map((tenant): RankedTenant => {
    const gauges = gaugesOf(tenant, parts);
    const discards = discardsOf(tenant, reasons.get(tenant) ?? none, parts, 0);
    const refused = discards.reduce((sum, { linesPerSecond }) => sum + linesPerSecond, 0);
    return { tenant, gauges, nearest: nearestOf(gauges), refused };
  });
  known.sort(
    (one, other) =>
      (other.nearest?.share ?? -1) - (one.nearest?.share ?? -1) ||
      other.refused - one.refused ||
      (one.tenant < other.tenant ? -1 : 1),
  );
  // A file of overrides may name tens of thousands of whom nothing is measured: nothing is worked out for those.
  const silent = tenantsWithOverrides
    .filter((tenant) => !reasons.has(tenant))
    .map((tenant): RankedTenant => ({ tenant, gauges: [], nearest: null, refused: 0 }));
  const measured = [...known, ...silent];
  const rows = measured.slice(0, MOST_ROWS).map(({ tenant, gauges, nearest }, at): TenantRow => {
    const full = at < FULL_ROWS ? FULL_POINTS : 0;
    const own = expiring.get(tenant) ?? [];
    return {
      tenant,
      nearest: nearest === null ? null : withPoints(nearest, parts, pointsAt(at)),
      gauges: gauges.map((gauge) => withPoints(gauge, parts, full)),
      discards: discardsOf(tenant, reasons.get(tenant) ?? none, parts, full),
      overrides: parts.book.overrideCount(tenant),
      expiring: own.length,
      overdue: own.filter(({ overdue }) => overdue).length,
    };
  });
  return { rows, more: measured.length - rows.length };
}

interface RankedTenant {
  readonly tenant: string;
  readonly gauges: readonly LimitGauge[];
  readonly nearest: LimitGauge | null;
  readonly refused: number;
}

/** The gauge with the largest share; `null` where none has one. */
export function nearestOf(gauges: readonly LimitGauge[]): LimitGauge | null {
  let nearest: LimitGauge | null = null;
  for (const gauge of gauges) {
    if (gauge.share !== null && gauge.share > (nearest?.share ?? Number.NEGATIVE_INFINITY)) nearest = gauge;
  }
  return nearest;
}

/** Tenants of which anything is measured, with the reasons for which lines of theirs were refused. */
export function reasonsByTenant(present: ReadonlyMap<string, number>): ReadonlyMap<string, ReadonlySet<string>> {
  const reasons = new Map<string, Set<string>>();
  for (const key of present.keys()) {
    const series = parseUseKey(key);
    if (series === null) continue;
    const own = reasons.get(series.tenant) ?? new Set<string>();
    reasons.set(series.tenant, own);
    if (series.figure === "discarded" || series.figure === "discarded-bytes") own.add(series.detail);
  }
  return reasons;
}

function pointsAt(row: number): number {
  if (row < FULL_ROWS) return FULL_POINTS;
  return row < NEAREST_ROWS ? NEAREST_POINTS : 0;
}
