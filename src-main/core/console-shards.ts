import type { ScansDesk } from "./storage/storage-desks.ts";
import type { StoreOpener } from "./storage/stores/opened-store.ts";

/** The Job that scans a store inside of its cluster, as YAML; see `jobManifest`. The store is opened and nothing is asked of it. */
export function jobManifests(stores: StoreOpener): ScansDesk["jobManifest"] {
  return async (store, { request, ...options }, signal) => {
    const { jobManifest } = await import("./storage/shards/job-manifest.ts");
    await using opened = await stores.open(store, signal);
    return jobManifest(opened, { ...options, ...request });
  };
}
