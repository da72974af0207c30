import type { sitesApi } from "../../src-shared/api/sites.api.ts";
import type { SitesService } from "../core/clusters/sites.service.ts";
import type { DomainHandlers } from "./handlers.ts";

export function sitesHandlers(sites: SitesService): DomainHandlers<typeof sitesApi> {
  return {
    list: () => sites.list(),
    save: ({ site, config }) => sites.save(site, config),
    remove: async ({ site }) => ({ removed: await sites.remove(site) }),
    use: ({ site }) => sites.use(site),
    tenants: async ({ site }, { signal }) => {
      const { tenants, multiTenant } = await sites.tenants(site, signal);
      return { tenants: [...tenants], multiTenant };
    },
    components: ({ site }, { signal }) => sites.components(site, signal),
    doctor: ({ site, tenant }, { signal }) => sites.doctor(site, tenant ?? null, signal),
    plugins: async () => ({ plugins: await sites.plugins() }),
    confirmPlugin: async ({ hash, confirmed }) => {
      await sites.confirmPlugin(hash, confirmed);
      return { confirmed };
    },
  };
}
