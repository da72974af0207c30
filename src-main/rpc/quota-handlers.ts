import type { usageApi } from "../../src-shared/api/usage.api.ts";
import { AppError } from "../../src-shared/errors/app-error.ts";
import type { QuotaState } from "../../src-shared/model/tenants/quota.ts";
import type { Clock } from "../core/common/clock.ts";
import { mayUseTenant } from "../core/identity/tenant-scope.ts";
import { periodOf, quotaState, quotaStates } from "../core/tenants/quotas/quota-states.ts";
import type { CostLedger } from "../core/tenants/usage/cost-ledger.ts";
import type { Caller } from "./call-context.ts";
import type { DomainHandlers } from "./handlers.ts";

export interface QuotaHandlerParts {
  readonly ledger: Pick<CostLedger, "quotas" | "spend" | "setQuota" | "removeQuota">;
  readonly clock: Clock;
}

type QuotaHandlers = Pick<DomainHandlers<typeof usageApi>, "quotas" | "setQuota" | "removeQuota">;

/** What the console does of `usage` with quotas. */
export function quotaHandlers({ ledger, clock }: QuotaHandlerParts): QuotaHandlers {
  return {
    quotas: async (_input, { caller }) => {
      const states = await quotaStates(ledger, clock.nowMs());
      return states.filter(({ quota }) => mayRead(caller, quota.scope));
    },
    setQuota: async (quota) => {
      await ledger.setQuota(quota);
      const nowMs = clock.nowMs();
      const { kind, name } = quota.scope;
      return quotaState(quota, await ledger.spend({ kind, name, period: periodOf(quota.scope, nowMs) }), nowMs);
    },
    removeQuota: async (scope) => {
      const removed = await ledger.removeQuota(scope);
      if (!removed) throw new AppError("tenants.quota-unknown", { scope: scope.kind, name: scope.name });
      return { removed };
    },
  };
}

/** Who may not see every tenant reads what holds for their own queries alone: other people's names and use are not theirs. */
function mayRead(caller: Pick<Caller, "tenants" | "principal" | "role">, scope: QuotaState["quota"]["scope"]): boolean {
  if (caller.tenants.kind === "every") return true;
  switch (scope.kind) {
    case "tenant":
      return mayUseTenant(caller, scope.name);
    case "user":
      return scope.name === caller.principal;
    case "role":
      return scope.name === caller.role;
  }
}
