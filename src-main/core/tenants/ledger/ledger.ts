import type { Quota, QuotaScope } from "../../../../src-shared/model/tenants/quota.ts";
import type { CostDimension, CostReportRow, QueryCost } from "../../../../src-shared/model/tenants/query-cost.ts";

/** Which sums to add up. Days are whole ones in UTC (`2026-11-20`), both ends included. */
export interface CostReportRequest {
  readonly by: CostDimension;
  readonly fromDay: string;
  readonly toDay: string;
  /** Only these; `null` is every tenant. */
  readonly tenants: readonly string[] | null;
  readonly limit: number;
}

/** Days and tenants of a question, as in `CostReportRequest`. */
export type CostRange = Pick<CostReportRequest, "fromDay" | "toDay" | "tenants">;

/** How many of the dearest queries of a day and tenant can be asked for. */
export const MOST_DEAR = 200;

/** One run of a shape: those of one `who` asked the same query text under the same tags. */
export interface ShapeRun {
  readonly atMs: number;
  readonly who: string;
}

/** A shape of queries with who used it and how, over a range. */
export interface ShapeUse {
  readonly shape: string;
  /** The dearest single query of it that is still kept. */
  readonly example: QueryCost;
  readonly tenants: readonly string[];
  /** The first hundred of each, most bytes first. */
  readonly users: readonly string[];
  readonly sources: readonly string[];
  readonly queries: number;
  readonly failed: number;
  readonly bytes: number;
  readonly durationMs: number;
  readonly maxRangeMs: number;
  /** Mean over the queries that looked into a cache; `null` where none did. */
  readonly cacheShare: number | null;
  /** Its latest runs in the order of time, a thousand of them at most. */
  readonly runs: readonly ShapeRun[];
}

/** Some of the single costs of a range. `next` is where the rest begins; `null` at the end. */
export interface CostPage {
  readonly costs: readonly QueryCost[];
  readonly next: number | null;
}

/** Whose bytes a quota counts. */
export interface SpendScope {
  readonly kind: "tenant" | "user" | "role";
  readonly name: string;
  /** A day `2026-11-20` or a month `2026-11`, in UTC; see `periodsAt`. */
  readonly period: string;
}

/** A quota that a reservation must fit in. `limitBytes: null` counts and refuses nothing: what an admin has overridden. */
export interface SpendClaim extends SpendScope {
  readonly limitBytes: number | null;
}

export interface Spend {
  /** What answers said was read. */
  readonly usedBytes: number;
  /** What running queries may still read, by their estimates. */
  readonly reservedBytes: number;
}

export interface ReserveRequest {
  /** Of the caller's making; settled under it. */
  readonly id: string;
  /** The estimate. */
  readonly bytes: number;
  readonly claims: readonly SpendClaim[];
  /** For how long the bytes are held, should the settlement never come. */
  readonly ttlMs: number;
}

export type ReserveResult =
  /** One figure for each claim, in their order, with this reservation in it. */
  | { readonly granted: true; readonly spends: readonly Spend[] }
  /** The first claim without room, and what was spent of it before. Nothing is held. */
  | { readonly granted: false; readonly claim: SpendClaim; readonly spend: Spend };

export interface LedgerExtent {
  readonly costs: number;
  readonly firstDay: string | null;
  readonly lastDay: string | null;
}

/**
 * What queries cost, and what may still be spent. Kept on the desktop in a file or, for a team, in PostgreSQL; several
 * processes may use one at a time.
 *
 * Every method throws `tenants.ledger-unreachable` when the database is gone for now (the caller keeps its costs and adds
 * them later: ids make that safe) and `tenants.ledger-failed` when it refuses.
 */
export interface Ledger extends AsyncDisposable {
  /**
   * Records costs; one whose id is known already is left out, and one of a day that was purged. Answers how many were new.
   */
  add(costs: readonly QueryCost[]): Promise<number>;
  /** Sums, the largest number of bytes first; by day the days in order. */
  report(request: CostReportRequest): Promise<readonly CostReportRow[]>;
  /** The sums of all rows that `report` has without a limit, as one. */
  total(request: CostRange): Promise<CostReportRow>;
  /** The dearest shapes of which a single query is still kept, most bytes first. */
  shapes(request: CostRange & { readonly limit: number }): Promise<readonly ShapeUse[]>;
  /** Single costs in the order in which they came. A page may be empty and not be the last. */
  page(request: CostRange & { readonly after: number; readonly limit: number }): Promise<CostPage>;
  /** The costliest single queries of a range, most bytes first; `MOST_DEAR` at most. */
  costliest(request: Omit<CostReportRequest, "by">): Promise<readonly QueryCost[]>;
  /**
   * Holds bytes in every claim or in none. Atomic over all processes of one ledger: what two ask for at a time is granted
   * one after the other, so the last bytes are spent once. A used `id` again gives what it gave, without holding more.
   */
  reserve(request: ReserveRequest): Promise<ReserveResult>;
  /**
   * Counts what the query really read instead of what was held; also after the reservation ran out. 0 for a query that never
   * left. `false` when there is no such reservation or it was settled before.
   */
  settle(id: string, bytes: number): Promise<boolean>;
  spend(scope: SpendScope): Promise<Spend>;
  /** All quotas, those of tenants first, by name. They are the ledger's, so that consoles that share it hold to the same. */
  quotas(): Promise<readonly Quota[]>;
  /** Sets the quota of a scope, or sets it anew. */
  setQuota(quota: Quota): Promise<void>;
  /** `false` where there was none. What was spent stays counted. */
  removeQuota(scope: QuotaScope): Promise<boolean>;
  /** How many single costs there are, and of which days there are sums. */
  extent(): Promise<LedgerExtent>;
  /**
   * Forgets single costs before one day and sums before another, and reservations that ran out a week ago.
   * Spends of a period are kept as long as the sums.
   */
  purge(costsBeforeDay: string, sumsBeforeDay: string): Promise<{ readonly costs: number; readonly sums: number }>;
}

/** Reservations that ran out can be settled for this long. */
export const SETTLE_WITHIN_MS = 7 * 86_400_000;

/** The day and the month, in UTC, that a time is in. */
export function periodsAt(atMs: number): { readonly day: string; readonly month: string } {
  const day = new Date(atMs).toISOString().slice(0, 10);
  return { day, month: day.slice(0, 7) };
}
