import { enforceExpiries, openChanges } from "./console-changes.ts";
import type { ConsoleHealth } from "./console-health.ts";
import type { OperationJobs } from "./health/operations/operations-parts.ts";
import { openTenantsLimits, publishedLimits, type LimitsDomain } from "./console-tenants-limits.ts";
import type { TenantsService } from "./tenants/board/tenants.service.ts";
import type { ChangesService } from "./tenants/changes/changes.service.ts";
import { planInThread } from "./tenants/changes/plan-in-thread.ts";
import { readPublishedLimits } from "./tenants/limits/reading/config-facts.ts";

export interface ConsoleTenants {
  readonly limits: TenantsService;
  readonly changes: ChangesService;
}

export interface TenantsDomain extends Omit<LimitsDomain, "health"> {
  readonly health: ConsoleHealth;
  /** The engine is made of the changes' job, so it is asked for when one is submitted. */
  readonly jobs: () => OperationJobs;
  readonly readOnly: () => boolean;
}

/** Limits of the tenants of a profile's sites, and changes of them. */
export function openConsoleTenants(domain: TenantsDomain, opened: AsyncDisposableStack): ConsoleTenants {
  const { base, sites, version, jobs, readOnly } = domain;
  const health = domain.health.service;
  const limits = openTenantsLimits({ ...domain, health }, opened);
  const ask = publishedLimits(base, version);
  const changes = openChanges(
    {
      base,
      openSite: (site, signal) => health.open(site, signal),
      findRuntime: ({ id }, signal) => limits.runtimeFile(id, signal),
      facts: (site, signal) => limits.facts(site, signal),
      publishedLimits: async (site, tenant, signal) => readPublishedLimits(await ask(site, tenant, signal)),
      planChange: planInThread(() => domain.locateWorker("limits-plan")),
      jobs,
    },
    opened,
  );
  const watched = async () => {
    const { sites: known } = await sites.list();
    return known.filter(({ id }) => health.boardOf(id) !== null).map(({ id, name }) => ({ site: id, name }));
  };
  enforceExpiries({ base, readOnly, watched }, changes, opened);
  return { limits, changes };
}
