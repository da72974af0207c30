import type { Site, sitesApi } from "../../src-shared/api/sites.api.ts";
import { AppError } from "../../src-shared/errors/app-error.ts";
import type { TenantId } from "../../src-shared/model/tenant-id.ts";
import type { SitesService } from "../core/clusters/sites.service.ts";
import type { Caller } from "./call-context.ts";
import type { DomainHandlers } from "./handlers.ts";
import { visibleTenants } from "./visible-tenants.ts";

export function sitesHandlers(sites: SitesService): DomainHandlers<typeof sitesApi> {
  return {
    list: async (_input, { caller }) => {
      const found = await sites.list();
      return { ...found, sites: found.sites.map((site) => seenSite(site, caller)) };
    },
    save: ({ site, config }) => sites.save(site, config),
    remove: async ({ site }) => ({ removed: await sites.remove(site) }),
    use: async ({ site }, { caller }) => seenSite(await sites.use(site), caller),
    tenants: async ({ site }, { caller, signal }) => {
      const { tenants, multiTenant } = await sites.tenants(site, signal);
      return { tenants: visibleTenants(caller, tenants, ({ tenant }) => tenant), multiTenant };
    },
    components: ({ site }, { signal }) => sites.components(site, signal),
    doctor: ({ site, tenant }, { caller, signal }) => sites.doctor(site, tenant ?? ownTenant(caller), signal),
    plugins: async () => ({ plugins: await sites.plugins() }),
    confirmPlugin: async ({ hash, confirmed }) => {
      await sites.confirmPlugin(hash, confirmed);
      return { confirmed };
    },
  };
}

/** A site's settings list its tenants. */
function seenSite(site: Site, caller: Caller): Site {
  const { tenants } = site.config;
  if (tenants === undefined) return site;
  return { ...site, config: { ...site.config, tenants: visibleTenants(caller, tenants, (tenant) => tenant) } };
}

/** The tenant that a question is tried with where none is named; `null` leaves the choice among all tenants to the site. */
function ownTenant({ tenants }: Caller): TenantId | null {
  if (tenants.kind === "every") return null;
  const [first] = tenants.tenants;
  if (first === undefined) throw new AppError("identity.every-tenant-needed", {});
  return first;
}
