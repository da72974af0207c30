import { BucketsObjectStore } from "../buckets-object-store.ts";
import { guardedListing } from "../guarded-listing.ts";
import type { ObjectStore } from "../object-store.ts";
import { S3ObjectStore } from "../s3-object-store.ts";
import type { S3Requests } from "../s3-requests.ts";
import type { BucketRequests } from "./site-stores.ts";
import { bucketsTitle } from "./store-title.ts";

/** The one store that several buckets are, and what the first of them tells beyond its objects. */
export function openBuckets({ buckets, ...requests }: BucketRequests): AsyncDisposable & {
  readonly store: ObjectStore;
  readonly s3: S3Requests;
} {
  const [first, ...more] = buckets;
  const { prefix, options } = first;
  const one = new S3ObjectStore(first);
  const store =
    more.length === 0
      ? one
      : new BucketsObjectStore({
          title: bucketsTitle([options.bucket, ...more.map((other) => other.options.bucket)], prefix),
          prefix,
          stores: [one, ...more.map((other) => new S3ObjectStore(other))],
        });
  return {
    // With a delimiter of its own a bucket sorts the oldest keys otherwise than Loki names them.
    store: options.chunkDelimiter === undefined ? guardedListing(store) : store,
    s3: first,
    [Symbol.asyncDispose]: () => requests[Symbol.asyncDispose](),
  };
}
