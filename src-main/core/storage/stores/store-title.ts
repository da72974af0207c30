import type { StorePlace } from "../../../../src-shared/model/storage/store.ts";

/** What a person reads of where a store is: `s3://bucket/prefix`, several buckets as `s3://a,b`, a folder's path. */
export function placeTitle(place: StorePlace): string {
  if (place.kind === "folder") return place.directory;
  if (place.kind === "site") return place.bucket === undefined ? place.site : `s3://${place.bucket}`;
  return bucketsTitle([place.place.bucket, ...(place.moreBuckets ?? [])], place.place.prefix);
}

export function bucketsTitle(buckets: readonly string[], prefix: string): string {
  const plain = prefix.replace(/^\/+|\/+$/g, "");
  return `s3://${buckets.join(",")}${plain === "" ? "" : `/${plain}`}`;
}
