import { createHash } from "node:crypto";
import type { ObjectInfo, ObjectStore } from "../object-store.ts";
import type { RateBucket } from "../../common/rate-bucket.ts";

/** What an object's bytes are, read to their end. */
export interface ObjectDigest {
  readonly info: ObjectInfo;
  readonly sizeBytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
}

/** Reads all bytes of an object. Rejects with `storage.changed` where it is not the one with `etag`, and `storage.*`. */
export async function digestObject(
  store: ObjectStore,
  key: string,
  etag: string | null,
  pace: RateBucket,
  signal: AbortSignal,
): Promise<ObjectDigest> {
  await using body = await store.get(key, etag === null ? {} : { ifMatch: etag }, signal);
  const hash = createHash("sha256");
  let sizeBytes = 0;
  for await (const piece of body.chunks) {
    hash.update(piece);
    sizeBytes += piece.length;
    await pace.take(piece.length, signal);
  }
  return { info: body.info, sizeBytes, sha256: hash.digest("hex") };
}
