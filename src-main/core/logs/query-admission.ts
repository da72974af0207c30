import type { LogTarget } from "../../../src-shared/api/log-target.ts";
import type { TimeRange } from "../../../src-shared/model/nano-time.ts";
import type { Spending } from "../../../src-shared/model/tenants/quota.ts";
import type { Role } from "../../../src-shared/permissions/roles.ts";
import type { CostListener } from "./request-cost.ts";
import type { LogSource } from "./log-source.ts";

/** Whose query it is. */
export interface Asker {
  readonly principal: string;
  readonly role: Role;
}

/** A query that wants to leave. */
export interface QueryAsk {
  readonly asker: Asker;
  readonly target: LogTarget;
  readonly query: string;
  readonly range: TimeRange;
  /** Entries wanted of a log query; `null` for all, and of a metric query. */
  readonly limit: number | null;
  /** Why it shall run though a quota is used up. */
  readonly spending?: Spending | undefined;
  /** Some lines around another, a tail's first page: counted, and never held back. */
  readonly small?: boolean;
}

/** A query that may leave. Disposing it settles what it cost. */
export interface AdmittedQuery extends AsyncDisposable {
  /** The source, whose reads are counted as this query's. */
  counted(source: LogSource): LogSource;
  /** The same for who reads past the port. */
  readonly onCost: CostListener;
}

/**
 * Lets a query leave or rejects with `tenants.quota-reason-needed` or `tenants.quota-exceeded`. The source is opened only where a
 * quota makes an estimate necessary.
 */
export type AdmitQuery = (
  ask: QueryAsk,
  openSource: (signal: AbortSignal) => Promise<LogSource>,
  signal: AbortSignal,
) => Promise<AdmittedQuery>;

/** Where nothing is counted: an archive's reader, a test of something else. */
export const admitFreely: AdmitQuery = async () => ({
  counted: (source) => source,
  onCost: () => {},
  [Symbol.asyncDispose]: async () => {},
});
