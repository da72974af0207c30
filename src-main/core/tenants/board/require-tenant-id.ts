import { AppError } from "../../../../src-shared/errors/app-error.ts";
import { tenantIdProblem } from "../../../../src-shared/model/tenant-id.ts";

/** @throws AppError `tenants.invalid` for what no request can come from, above all `a|b`, which are two tenants */
export function requireTenantId(tenant: string): void {
  const problem = tenantIdProblem(tenant);
  if (problem !== null)
    throw new AppError("tenants.invalid", { tenant: tenant.slice(0, 200), problem: problem.reason });
}
