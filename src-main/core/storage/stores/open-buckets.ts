import type { ObjectStore } from "../object-store.ts";
import { S3ObjectStore } from "../s3-object-store.ts";
import type { S3Requests } from "../s3-requests.ts";
import type { BucketRequests } from "./site-stores.ts";

/** The one store that several buckets are, and what the first of them tells beyond its objects. */
export function openBuckets(requests: BucketRequests): AsyncDisposable & {
  readonly store: ObjectStore;
  readonly s3: S3Requests;
} {
  const [first] = requests.buckets;
  const store = new S3ObjectStore(first);
  return { store, s3: first, [Symbol.asyncDispose]: () => requests[Symbol.asyncDispose]() };
}
