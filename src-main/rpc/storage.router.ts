import type { storageApi } from "../../src-shared/api/storage.api.ts";
import type { ConsoleStorage } from "../core/console-storage.ts";
import type { DomainHandlers } from "./handlers.ts";

export function storageHandlers({ stores, bucketStates, scans }: ConsoleStorage): DomainHandlers<typeof storageApi> {
  return {
    stores: ({ site }, { signal }) => stores.list(site, signal),
    saveStore: ({ store, config }) => stores.save(store ?? null, config),
    removeStore: async ({ store }) => ({ removed: await stores.remove(store) }),
    checkStore: async ({ config, write }, { signal }) => [...(await stores.check(config, write, signal))],
    overview: async ({ store }) => scans.overview(store),
    bucketState: ({ store }, { signal }) => bucketStates.state(store, signal),
    scan: async (request, { caller, signal }) => ({ job: await scans.begin(request, caller.principal, signal) }),
    scans: async ({ store, limit }) => [...scans.list(store, limit)],
    findings: async ({ scan, filter, offset, limit }) => {
      const { findings, ...page } = await scans.page(scan, filter, offset, limit);
      return { ...page, findings: [...findings] };
    },
    exportFindings: ({ scan, filter, format }, { signal }) => scans.export(scan, filter, format, signal),
    inspect: ({ store, key, version }, { signal }) => scans.inspect(store, key, version ?? null, signal),
    jobManifest: async ({ store, ...options }, { signal }) => ({
      yaml: await scans.jobManifest(store, options, signal),
    }),
  };
}
