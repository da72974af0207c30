import type { SiteId } from "../../../../src-shared/model/ids.ts";
import type { StoreConfig, StoreId } from "../../../../src-shared/model/storage/store.ts";
import type { S3Requests } from "../s3-requests.ts";

/** What a site's Loki keeps its data in, as its configuration says. No secret is in it. */
export interface SiteStore {
  /** The same for as long as site and bucket are: `site:<site>:<bucket>`. */
  readonly id: StoreId;
  readonly title: string;
  readonly config: StoreConfig;
  /** Buckets of the same object store that no Loki reads, as the pods' annotations name them. */
  readonly beside: { readonly dr: string | null; readonly scratch: string | null };
}

/** Requests to each bucket of a store, in the order that Loki spreads its keys by; and how to end them. */
export interface BucketRequests extends AsyncDisposable {
  readonly buckets: readonly [S3Requests, ...S3Requests[]];
}

/** Stores of sites. Both reject with `storage.not-found-at-site`, `sites.*`, `cluster.*`. */
export interface SiteStores {
  find(site: SiteId, signal: AbortSignal): Promise<SiteStore>;
  /**
   * `choose` says which bucket of what was found: `null` for Loki's own. Asks nothing of the bucket yet; rejects with
   * `storage.credentials-missing` as well.
   */
  open(
    site: SiteId,
    choose: (found: SiteStore) => string | null,
    signal: AbortSignal,
  ): Promise<{ readonly found: SiteStore; readonly requests: BucketRequests }>;
}
