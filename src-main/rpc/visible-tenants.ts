import { mayUseTenant, type TenantScope } from "../core/identity/tenant-scope.ts";

/** Those of a list that a caller may see: `visibleTenants(caller, rows, (row) => row.tenant)`. Order is kept. */
export function visibleTenants<Item>(
  caller: { readonly tenants: TenantScope },
  list: readonly Item[],
  tenantOf: (item: Item) => string,
): Item[] {
  // Who may see every tenant sees also what Loki calls by names that are no ids.
  if (caller.tenants.kind === "every") return [...list];
  return list.filter((item) => mayUseTenant(caller, tenantOf(item)));
}
