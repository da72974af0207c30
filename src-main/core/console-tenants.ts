import { AppError } from "../../src-shared/errors/app-error.ts";
import type { ConsoleHealth } from "./console-health.ts";
import type { OperationJobs } from "./health/operations/operations-parts.ts";
import { openTenantsLimits, type LimitsDomain } from "./console-tenants-limits.ts";
import type { TenantsService } from "./tenants/board/tenants.service.ts";
import type { ChangesDesk } from "./tenants/changes/changes-desk.ts";

export interface ConsoleTenants {
  readonly limits: TenantsService;
  readonly changes: ChangesDesk;
}

export interface TenantsDomain extends Omit<LimitsDomain, "health"> {
  readonly health: ConsoleHealth;
  /** The engine is made of the changes' job, so it is asked for when one is submitted. */
  readonly jobs: () => OperationJobs;
  readonly readOnly: () => boolean;
}

/** Limits of the tenants of a profile's sites, and changes of them. */
export function openConsoleTenants(domain: TenantsDomain, opened: AsyncDisposableStack): ConsoleTenants {
  const notYet = (): never => {
    throw new AppError("logs.unsupported", { capability: "tenants" });
  };
  return {
    limits: openTenantsLimits({ ...domain, health: domain.health.service }, opened),
    changes: { plan: notYet, apply: notYet, list: notYet },
  };
}
