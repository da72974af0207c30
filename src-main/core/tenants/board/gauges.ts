import type { DiscardRate, LimitGauge } from "../../../../src-shared/model/tenants/board.ts";
import { limitOf } from "../limits/limit-table.ts";
import type { KnownLimit, LimitBook, MeteredKey } from "./limit-book.ts";
import type { MeteredCluster } from "./use/use-meter.ts";
import type { UseHistory } from "./use/use-history.ts";
import { useKey, type UseFigure } from "./use/use-series.ts";
import { reachesIn, trendOf, type Trend } from "./use/trend.ts";

/** What a limit is used by. */
const FIGURES: readonly (readonly [MeteredKey, UseFigure])[] = [
  ["ingestion_rate_mb", "bytes"],
  ["max_global_streams_per_user", "streams"],
  ["max_streams_per_user", "streams-most"],
  ["ruler_max_rule_groups_per_tenant", "rule-groups"],
  ["ruler_max_rules_per_rule_group", "group-rules"],
];
const HOURS_MS = 6 * 3_600_000;

export interface GaugeParts {
  readonly book: LimitBook;
  readonly history: UseHistory;
  readonly present: ReadonlyMap<string, number>;
  readonly cluster: MeteredCluster;
  /** Trends are made once a minute. */
  readonly trends: TrendBook;
  readonly nowMs: number;
}

/** Trends of a board that are made anew at once; the others are those of the minute before. */
const ANEW_AT_ONCE = 250;
const TREND_POINTS = 30;

/** Trends by name of the series, of the last point that was kept or of one before it. */
export class TrendBook {
  readonly #history: UseHistory;
  readonly #trends = new Map<string, { readonly asOfMs: number | null; readonly trend: Trend | null }>();
  #left = ANEW_AT_ONCE;

  constructor(history: UseHistory) {
    this.#history = history;
  }

  /** A board is made: some more may be made anew. What is of tenants that are gone is forgotten now and then. */
  begin(): void {
    this.#left = ANEW_AT_ONCE;
    if (this.#trends.size > MOST_TRENDS) this.#trends.clear();
  }

  of(name: string, nowMs: number): Trend | null {
    const known = this.#trends.get(name);
    const { lastPointMs } = this.#history;
    if (known !== undefined && (known.asOfMs === lastPointMs || this.#left <= 0)) return known.trend;
    this.#left -= 1;
    const trend = trendOf(this.#history.points(name, nowMs - HOURS_MS, TREND_POINTS));
    this.#trends.set(name, { asOfMs: lastPointMs, trend });
    return trend;
  }
}

const MOST_TRENDS = 20_000;

/** The gauges of a tenant, without points. A limit without a bound has one too, where something is used. */
export function gaugesOf(tenant: string, parts: GaugeParts): LimitGauge[] {
  return FIGURES.flatMap(([key, figure]) => {
    const used = parts.present.get(useKey(figure, tenant));
    // The limit of each ingester is hardly ever set; its gauge would only say again what the other one does.
    const limit = inCluster(key, parts.book.metered(tenant, key), parts);
    if (used === undefined || (key === "max_streams_per_user" && (limit.unlimited || limit.number === null))) return [];
    return [gaugeOf(tenant, key, figure, used, limit, parts)];
  });
}

/** Of the limit that `gaugesOf` has a gauge for, its points: at most `most`, of the last six hours. */
export function withPoints(gauge: LimitGauge, { history, nowMs }: GaugeParts, most: number): LimitGauge {
  const figure = FIGURES.find(([key]) => key === gauge.key)?.[1];
  if (figure === undefined || most === 0) return gauge;
  const points = history.points(useKey(figure, gauge.tenant), nowMs - HOURS_MS, most);
  return { ...gauge, points: points.map(({ atMs, value }) => ({ atMs, used: value })) };
}

/** With the strategy `local` each distributor lets the whole rate through. */
function inCluster(key: MeteredKey, limit: KnownLimit, { book, cluster }: GaugeParts): KnownLimit {
  if (key !== "ingestion_rate_mb" || limit.number === null) return limit;
  const strategy = book.common("ingestion_rate_strategy")?.value?.text ?? null;
  if (strategy === "local") return { ...limit, number: limit.number * Math.max(1, cluster.distributors) };
  return strategy === null ? { ...limit, number: null } : limit;
}

function gaugeOf(
  tenant: string,
  key: MeteredKey,
  figure: UseFigure,
  used: number,
  { number, unlimited }: KnownLimit,
  { trends, nowMs }: GaugeParts,
): LimitGauge {
  const trend = trends.of(useKey(figure, tenant), nowMs);
  const bounded = number !== null && !unlimited && number > 0;
  return {
    tenant,
    key,
    unit: limitOf(key)?.unit ?? "none",
    used,
    limit: unlimited ? null : number,
    unlimited,
    share: bounded ? used / number : null,
    trendPerHour: trend?.perHour ?? null,
    trendOverMs: trend?.overMs ?? 0,
    reachesLimitInMs: bounded ? reachesIn(used, number, trend) : null,
    points: [],
  };
}

/** What is refused of a tenant, most first; reasons of which nothing was refused in the last hours are left out. */
export function discardsOf(
  tenant: string,
  reasons: ReadonlySet<string>,
  { history, present, nowMs }: GaugeParts,
  mostPoints: number,
): DiscardRate[] {
  return [...reasons]
    .flatMap((reason) => {
      const name = useKey("discarded", tenant, reason);
      const linesPerSecond = present.get(name) ?? 0;
      const points = history.points(name, nowMs - HOURS_MS, mostPoints);
      const bytesPerSecond = present.get(useKey("discarded-bytes", tenant, reason)) ?? null;
      // A request that is too large is counted in bytes alone.
      const refusesNow = linesPerSecond > 0 || (bytesPerSecond ?? 0) > 0;
      if (!refusesNow && points.every(({ value }) => value === 0)) return [];
      const curve = points.map(({ atMs, value }) => ({ atMs, linesPerSecond: value }));
      return [{ tenant, reason, linesPerSecond, bytesPerSecond, points: curve }];
    })
    .toSorted((one, other) => other.linesPerSecond - one.linesPerSecond);
}
