import { hasCode } from "../../../../src-shared/errors/app-error.ts";
import type { ObjectInfo } from "../object-store.ts";
import type { ScannedStore } from "./scanned-store.ts";

/** The bytes of an object that was listed; `too-large` where it has more than it may. */
export type ObjectReading = { readonly bytes: Uint8Array<ArrayBuffer> } | "too-large";

/**
 * Reads an object as it was listed. One that has changed since is looked at and read once more; one that changes again rejects
 * with `storage.changed`. Where it was listed with its version, that version is read. The bytes lie in a buffer of their own, so that
 * a thread can have it without a copy.
 */
export async function readListedObject(
  store: ScannedStore,
  object: ObjectInfo,
  maxBytes: number,
  signal: AbortSignal,
): Promise<ObjectReading> {
  try {
    return await readVersion(store, object, maxBytes, signal);
  } catch (error) {
    // A version does not change: one that does is none.
    if (!hasCode(error, "storage.changed") || object.versionId !== null) throw error;
    return readVersion(store, await store.head(object.key, {}, signal), maxBytes, signal);
  }
}

async function readVersion(
  store: ScannedStore,
  { key, etag, sizeBytes, versionId }: ObjectInfo,
  maxBytes: number,
  signal: AbortSignal,
): Promise<ObjectReading> {
  if (sizeBytes > maxBytes) return "too-large";
  const options = versionId === null ? { ifMatch: etag } : { ifMatch: etag, versionId };
  await using body = await store.get(key, options, signal);
  // A store that ignores `If-Match` may give another object than it listed.
  if (body.lengthBytes > maxBytes) return "too-large";
  const bytes = new Uint8Array(body.lengthBytes);
  let at = 0;
  for await (const piece of body.chunks) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return { bytes };
}
