import type { UsageRange } from "../../../../src-shared/model/tenants/usage.ts";
import type { TenantScope } from "../../identity/tenant-scope.ts";

/** Who asks: nothing of other tenants is told. */
export interface UsageCaller {
  readonly principal: string;
  readonly tenants: TenantScope;
}

/** The tenants that an answer may speak of: those asked for that the caller may see; `null` for every one. */
export function tenantsAsked({ tenants: scope }: UsageCaller, { tenants }: UsageRange): readonly string[] | null {
  if (scope.kind === "every") return tenants;
  const visible: ReadonlySet<string> = scope.tenants;
  return tenants === null ? [...visible] : tenants.filter((tenant) => visible.has(tenant));
}
