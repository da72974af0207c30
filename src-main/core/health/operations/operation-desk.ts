import type { DeleteRequest } from "../../../../src-shared/model/health/delete-request.ts";
import type { Operation, OperationPlan } from "../../../../src-shared/model/health/operation.ts";
import type { JobId, PlanId, SiteId } from "../../../../src-shared/model/ids.ts";
import type { Role } from "../../../../src-shared/permissions/roles.ts";

/** Who wants an operation; `role` decides whether an unsafe one may be done for a reason. */
export interface OperationCaller {
  readonly principal: string;
  readonly role: Role;
}

/** Operations as the door asks for them. */
export interface OperationDesk {
  plan(site: SiteId, operation: Operation, caller: OperationCaller, signal: AbortSignal): Promise<OperationPlan>;
  /** @throws AppError `operation.plan-unknown`, `operation.plan-expired`, `operation.unsafe`, `operation.override-forbidden` */
  apply(plan: PlanId, reason: string | null, caller: OperationCaller, signal: AbortSignal): Promise<JobId>;
  deleteRequests(site: SiteId, tenant: string, signal: AbortSignal): Promise<DeleteRequest[]>;
}
