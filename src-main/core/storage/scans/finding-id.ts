import { hash } from "node:crypto";
import type { StorageFinding } from "../../../../src-shared/model/storage-finding.ts";

const ID_BYTES = 12;

/** The same in every scan: 96 bits of SHA-256 over kind and key. */
export function findingId({ kind, key }: Pick<StorageFinding, "kind" | "key">): Buffer {
  return hash("sha256", `${kind}\0${key}`, "buffer").subarray(0, ID_BYTES);
}

/** The bytes of an id as it is told; `null` where it can be none. */
export function idBytes(id: string): Buffer | null {
  return /^[0-9a-f]{24}$/.test(id) ? Buffer.from(id, "hex") : null;
}
