import type { JobId, PlanId, SiteId } from "../../../../src-shared/model/ids.ts";
import type { LimitChange, LimitChangeReport, LimitPlan } from "../../../../src-shared/model/tenants/limit-change.ts";
import type { Role } from "../../../../src-shared/permissions/roles.ts";
import type { TenantScope } from "../../identity/tenant-scope.ts";

/** Who wants a change of limits. */
export interface ChangeCaller {
  readonly principal: string;
  readonly role: Role;
  readonly tenants: TenantScope;
}

/** A change that this console made, or is making. */
export interface ListedChange {
  readonly job: JobId;
  readonly atMs: number;
  readonly principal: string;
  readonly state: string;
  readonly report: LimitChangeReport;
}

/** Changes of limits as the door asks for them. */
export interface ChangesDesk {
  plan(site: SiteId, change: LimitChange, caller: ChangeCaller, signal: AbortSignal): Promise<LimitPlan>;
  apply(plan: PlanId, reason: string, caller: ChangeCaller, signal: AbortSignal): Promise<JobId>;
  /** Newest first. */
  list(site: SiteId, limit: number): readonly ListedChange[];
}
