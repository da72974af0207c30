import type { usageApi } from "../../src-shared/api/usage.api.ts";
import { AppError } from "../../src-shared/errors/app-error.ts";
import type { Clock } from "../core/common/clock.ts";
import type { ConsoleUsage } from "../core/console-usage.ts";
import type { JobEngine } from "../core/jobs/job-engine.ts";
import { periodOf, quotaState, quotaStates } from "../core/tenants/quotas/quota-states.ts";
import { usageExportInput } from "../core/tenants/usage/usage-export.job.ts";
import { tenantsAsked } from "../core/tenants/usage/usage-scope.ts";
import type { DomainHandlers } from "./handlers.ts";
import { visibleTenants } from "./visible-tenants.ts";

export interface UsageHandlerParts {
  readonly usage: ConsoleUsage;
  readonly jobs: Pick<JobEngine, "submit">;
  readonly exportsDirectory: string;
  readonly clock: Clock;
}

export function usageHandlers(parts: UsageHandlerParts): DomainHandlers<typeof usageApi> {
  const { usage, jobs, clock } = parts;
  const { ledger, service, job } = usage;
  return {
    ledger: () => service.ledger(),
    report: (request, { caller }) => service.report(request, caller),
    costliest: async ({ range, limit }, { caller }) => [...(await service.costliest(range, limit, caller))],
    fixes: async ({ range }, { caller }) => [...(await service.fixes(range, caller))],
    collect: ({ site }, { signal }) => service.collect(site, signal),
    exportCosts: async ({ range, format }, { caller }) => {
      const tenants = tenantsAsked(caller, range);
      const seen = { ...range, tenants: tenants === null ? null : [...tenants] };
      const input = usageExportInput(parts.exportsDirectory, seen, format, clock.nowMs());
      return { job: jobs.submit(job, input, caller.principal) };
    },
    quotas: async (_input, { caller }) => {
      const states = await quotaStates(ledger, clock.nowMs());
      const ofTenants = states.filter(({ quota }) => quota.scope.kind === "tenant");
      const visible = new Set(visibleTenants(caller, ofTenants, ({ quota }) => quota.scope.name));
      return states.filter((state) => state.quota.scope.kind !== "tenant" || visible.has(state));
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
