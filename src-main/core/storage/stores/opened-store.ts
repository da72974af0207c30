import type { StoreConfig, StoreId } from "../../../../src-shared/model/storage/store.ts";
import type { BucketLayout } from "../integrity/object-kind.ts";
import type { ObjectStore } from "../object-store.ts";
import type { S3Requests } from "../s3-requests.ts";

/** A store that was opened for one piece of work; whoever opened it disposes it. */
export interface OpenedStore extends AsyncDisposable {
  readonly id: StoreId;
  readonly config: StoreConfig;
  readonly store: ObjectStore;
  readonly layout: BucketLayout;
  /** Absolute path where it is a folder: threads read its files themselves. */
  readonly folder: string | null;
  /** For what a bucket tells beyond its objects; `null` where it is a folder. With several buckets, of the first. */
  readonly s3: S3Requests | null;
}

/**
 * Opens stores by their id. Rejects with `storage.store-unknown`, `storage.not-found-at-site`, `storage.credentials-missing`,
 * and what the site rejects with. Nothing is asked of the bucket yet.
 */
export interface StoreOpener {
  open(id: StoreId, signal: AbortSignal): Promise<OpenedStore>;
}
