import type { Quota, Spending } from "../../../../src-shared/model/tenants/quota.ts";
import { QUOTA_KINDS, QUOTA_PERIODS, type QuotaScope } from "../../../../src-shared/model/tenants/quota.ts";
import { periodsAt, type SpendClaim } from "../ledger/ledger.ts";

/** Whose bytes a query's are. */
export interface Spender {
  readonly tenant: string;
  readonly user: string;
  readonly role: string;
}

/** What a query is counted in, and the quota that holds there; `null` for none. */
export interface QuotaClaim {
  readonly scope: QuotaScope;
  readonly quota: Quota | null;
  readonly claim: SpendClaim;
}

/**
 * Every scope a query counts in: tenant, user and role, by day and by month. Also where no quota is, so that one that is set
 * in the middle of a month finds what was spent before. A reason lifts the limit to the hard stop, an override takes it away.
 */
export function claimsOf(
  spender: Spender,
  quotas: readonly Quota[],
  spending: Spending | undefined,
  nowMs: number,
): readonly QuotaClaim[] {
  const periods = periodsAt(nowMs);
  return QUOTA_KINDS.flatMap((kind) =>
    QUOTA_PERIODS.map((period) => {
      const name = spender[kind];
      const quota = quotas.find(({ scope }) => scope.kind === kind && scope.name === name && scope.period === period);
      const limitBytes =
        quota === undefined || spending?.override === true
          ? null
          : spending === undefined
            ? quota.bytes
            : quota.hardBytes;
      return {
        scope: { kind, name, period },
        quota: quota ?? null,
        claim: { kind, name, period: periods[period], limitBytes },
      };
    }),
  );
}
