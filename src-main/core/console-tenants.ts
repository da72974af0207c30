import { AppError } from "../../src-shared/errors/app-error.ts";
import type { ConsoleBase } from "./console-base.ts";
import type { ConsoleHealth } from "./console-health.ts";
import type { SitesService } from "./clusters/sites.service.ts";
import type { OperationJobs } from "./health/operations/operations-parts.ts";
import type { ChangesDesk } from "./tenants/changes/changes-desk.ts";
import type { LimitsDesk } from "./tenants/board/limits-desk.ts";

export interface ConsoleTenants {
  readonly limits: LimitsDesk;
  readonly changes: ChangesDesk;
}

export interface TenantsDomain {
  readonly base: ConsoleBase;
  readonly sites: SitesService;
  readonly health: ConsoleHealth;
  /** The engine is made of the changes' job, so it is asked for when one is submitted. */
  readonly jobs: () => OperationJobs;
  readonly readOnly: () => boolean;
}

/** Limits of the tenants of a profile's sites, and changes of them. */
export function openConsoleTenants(_domain: TenantsDomain, _opened: AsyncDisposableStack): ConsoleTenants {
  const notYet = (): never => {
    throw new AppError("logs.unsupported", { capability: "tenants" });
  };
  return {
    limits: { watch: notYet, limits: notYet, runtimeConfig: notYet, explain: notYet, explainDiscards: notYet },
    changes: { plan: notYet, apply: notYet, list: notYet },
  };
}
