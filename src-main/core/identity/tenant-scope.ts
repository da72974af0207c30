import { AppError } from "../../../src-shared/errors/app-error.ts";
import { MAX_TENANT_ID_BYTES, tenantIdProblem, type TenantId } from "../../../src-shared/model/tenant-id.ts";

/** Which tenants somebody may see. */
export type TenantScope =
  | { readonly kind: "every" }
  | { readonly kind: "listed"; readonly tenants: ReadonlySet<TenantId> };

export const EVERY_TENANT: TenantScope = { kind: "every" };

export const NO_TENANTS: TenantScope = { kind: "listed", tenants: new Set() };

/**
 * Whether somebody may use a tenant: one valid id, equal letter by letter to one of theirs. Also with every tenant allowed
 * a text that is no id is refused, above all `a|b`, which Loki's `X-Scope-OrgID` reads as two tenants.
 */
export function mayUseTenant(identity: { readonly tenants: TenantScope }, tenant: string): tenant is TenantId {
  if (tenantIdProblem(tenant) !== null) return false;
  const { tenants } = identity;
  // A text without a problem is a tenant id.
  return tenants.kind === "every" || tenants.tenants.has(tenant as TenantId);
}

/** The tenant, where it may be used. Throws `identity.tenant-refused`. */
export function requireTenant(identity: { readonly tenants: TenantScope }, tenant: string): TenantId {
  if (mayUseTenant(identity, tenant)) return tenant;
  throw new AppError("identity.tenant-refused", { tenant: tenant.slice(0, MAX_TENANT_ID_BYTES) });
}
