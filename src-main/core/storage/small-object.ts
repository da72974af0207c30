import { AppError, hasCode } from "../../../src-shared/errors/app-error.ts";
import type { ObjectInfo, ObjectStore } from "./object-store.ts";

/** A small object of the console's own; `text` is `null` where it is larger than it may be. */
export interface SmallObject {
  readonly info: ObjectInfo;
  readonly text: string | null;
}

/**
 * Reads an object of the console's own, no more than `maxBytes` of it; `null` where there is none. Its contents are data of
 * whoever can write to the bucket. Rejects with `storage.*`.
 */
export async function readSmallObject(
  store: ObjectStore,
  key: string,
  maxBytes: number,
  signal: AbortSignal,
): Promise<SmallObject | null> {
  try {
    await using body = await store.get(key, {}, signal);
    if (body.info.sizeBytes > maxBytes) return { info: body.info, text: null };
    const pieces: Uint8Array[] = [];
    let length = 0;
    for await (const piece of body.chunks) {
      length += piece.length;
      if (length > maxBytes) return { info: body.info, text: null };
      pieces.push(piece);
    }
    return { info: body.info, text: Buffer.concat(pieces).toString("utf8") };
  } catch (error) {
    if (hasCode(error, "storage.not-found")) return null;
    throw error;
  }
}

/**
 * Puts an object only where there is none. What was not answered is looked at: `true` where it is there with these bytes,
 * `false` where something else is. Rejects with `storage.*` where neither can be told.
 */
export async function putIfAbsent(
  store: ObjectStore,
  key: string,
  text: string,
  signal: AbortSignal,
): Promise<{ readonly put: boolean; readonly versionId: string | null }> {
  try {
    const { versionId } = await store.put(key, Buffer.from(text), { ifAbsent: true, contentType: JSON_TYPE }, signal);
    return { put: true, versionId };
  } catch (error) {
    if (!(error instanceof AppError) || (error.code !== "storage.changed" && !error.retryable)) throw error;
    const there = await readSmallObject(store, key, text.length * 4, signal);
    if (there !== null) return { put: there.text === text, versionId: there.info.versionId };
    throw error;
  }
}

export const JSON_TYPE = "application/json";
