import type { Quota, QuotaScope, QuotaState } from "../../../../src-shared/model/tenants/quota.ts";
import { periodsAt, type Ledger, type Spend } from "../ledger/ledger.ts";

/** The running period of a quota, UTC: `2026-11-20` or `2026-11`. */
export function periodOf({ period }: QuotaScope, nowMs: number): string {
  return periodsAt(nowMs)[period];
}

/** When the period that is running ends, UTC. */
export function renewsAtMs({ period }: QuotaScope, nowMs: number): number {
  const now = new Date(nowMs);
  return period === "day"
    ? Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() + 1)
    : Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1);
}

/** How things are with a quota of which so much is spent or held. */
export function quotaState(quota: Quota, spend: Spend, nowMs: number): QuotaState {
  const spent = spend.usedBytes + spend.reservedBytes;
  const state =
    spent >= quota.hardBytes
      ? "stopped"
      : spent >= quota.bytes
        ? "reason-needed"
        : spent >= quota.bytes * quota.warnShare
          ? "warned"
          : "free";
  return {
    quota,
    period: periodOf(quota.scope, nowMs),
    usedBytes: spend.usedBytes,
    reservedBytes: spend.reservedBytes,
    state,
    renewsAtMs: renewsAtMs(quota.scope, nowMs),
  };
}

/** All quotas of a ledger with what is spent of each. Throws what the ledger throws. */
export async function quotaStates(
  ledger: Pick<Ledger, "quotas" | "spend">,
  nowMs: number,
): Promise<readonly QuotaState[]> {
  const quotas = await ledger.quotas();
  return Promise.all(
    quotas.map(async (quota) => {
      const { kind, name } = quota.scope;
      const spend = await ledger.spend({ kind, name, period: periodOf(quota.scope, nowMs) });
      return quotaState(quota, spend, nowMs);
    }),
  );
}
