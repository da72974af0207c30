import { createHash } from "node:crypto";
import type { UploadedPart } from "./object-store.ts";

/**
 * The etag that S3, MinIO and Ceph give an object of parts: the MD5 of the parts' MD5s, with their count. `null` where a part's
 * etag is no MD5 (encrypted stores).
 */
export function multipartEtag(parts: readonly UploadedPart[]): string | null {
  const hash = createHash("md5");
  for (const { etag } of parts) {
    if (!/^[0-9a-f]{32}$/.test(etag)) return null;
    hash.update(Buffer.from(etag, "hex"));
  }
  return `${hash.digest("hex")}-${parts.length}`;
}
