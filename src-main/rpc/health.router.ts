import type { healthApi } from "../../src-shared/api/health.api.ts";
import type { ConsoleHealth } from "../core/console-health.ts";
import type { DomainHandlers } from "./handlers.ts";

export function healthHandlers({ service, operations }: ConsoleHealth): DomainHandlers<typeof healthApi> {
  return {
    watch: ({ site }, { signal }) => service.watch(site, signal),
    changes: async ({ site, limit }) => service.changes(site, limit),
    topology: async ({ site }) => service.topology(site),
    mates: async ({ site, component }) => service.mates(site, component),
    rings: ({ site, rings }, { signal }) => service.rings(site, rings ?? null, signal),
    instance: ({ site, instance }, { signal }) => service.instance(site, instance, signal),
    evidenceHistory: ({ site, instance, kind, lastSeconds }) =>
      service.evidenceHistory(site, instance, kind, lastSeconds),
    config: ({ site, instance }, { signal }) => service.config(site, instance, signal),
    auditConfig: ({ site }, { signal }) => service.auditConfig(site, signal),
    deleteRequests: ({ site, tenant }, { signal }) => operations.deleteRequests(site, tenant, signal),
    plan: ({ site, operation }, { caller, signal }) => operations.plan(site, operation, caller, signal),
    applyPlan: async ({ plan, reason }, { caller, signal }) => ({
      job: await operations.apply(plan, reason ?? null, caller, signal),
    }),
    watchdog: ({ site, options }, { signal }) => service.watchdog(site, options, signal),
  };
}
