import type { tenantsApi } from "../../src-shared/api/tenants.api.ts";
import type { ConsoleTenants } from "../core/console-tenants.ts";
import type { DomainHandlers } from "./handlers.ts";

export function tenantsHandlers({ limits, changes }: ConsoleTenants): DomainHandlers<typeof tenantsApi> {
  return {
    watch: ({ site }, { caller, signal }) => limits.watch(site, caller, signal),
    limits: ({ site, tenant }, { caller, signal }) => limits.limits(site, tenant, caller, signal),
    runtimeConfig: async ({ site }, { signal }) => {
      const { problems, ...read } = await limits.runtimeConfig(site, signal);
      return { ...read, problems: [...problems] };
    },
    plan: ({ site, change }, { caller, signal }) => changes.plan(site, change, caller, signal),
    applyPlan: async ({ plan, reason }, { caller, signal }) => ({
      job: await changes.apply(plan, reason, caller, signal),
    }),
    changes: async ({ site, limit }) => [...changes.list(site, limit)],
    explain: ({ site, text }, { caller, signal }) => limits.explain(site, text, caller, signal),
    explainDiscards: ({ site, tenant, reason }, { caller, signal }) =>
      limits.explainDiscards(site, tenant, reason, caller, signal),
  };
}
