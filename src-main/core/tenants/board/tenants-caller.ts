import type { TenantScope } from "../../identity/tenant-scope.ts";

/** Who looks at limits: of a board and an explanation only the tenants that may be seen are left. */
export interface TenantsCaller {
  readonly tenants: TenantScope;
}

/** Whether a caller may see what is said of a tenant. */
export type MaySee = (caller: TenantsCaller, tenant: string) => boolean;
