import { AppError } from "../../../../src-shared/errors/app-error.ts";
import { CHUNK_OBJECT_MAX_BYTES } from "../integrity/chunk-checker.ts";
import { DEFAULT_LAYOUT, objectKind, type BucketLayout } from "../integrity/object-kind.ts";
import { readListedObject } from "../integrity/read-object.ts";
import type { ObjectStore } from "../object-store.ts";
import { inspectChunk, type ChunkInspection } from "./inspect-chunk.ts";
import { inspectIndex, type IndexInspection } from "./inspect-index.ts";

const INDEX_OBJECT_MAX_BYTES = 2 ** 30;

/**
 * Reads one object and says what is in it. Rejects with what the store rejects with, and with `storage.unsupported` for an object
 * that is neither a chunk nor an index file by its key, or has more bytes than either can have.
 */
export async function inspectObject(
  store: ObjectStore,
  key: string,
  signal: AbortSignal,
  layout: BucketLayout = DEFAULT_LAYOUT,
): Promise<ChunkInspection | IndexInspection> {
  const kind = objectKind(key, layout);
  const unsupported = new AppError("storage.unsupported", {
    store: store.title,
    action: `inspect ${key.slice(0, 200)}`,
  });
  if (kind.kind !== "chunk" && kind.kind !== "index") throw unsupported;
  const maxBytes = kind.kind === "chunk" ? CHUNK_OBJECT_MAX_BYTES : INDEX_OBJECT_MAX_BYTES;
  const reading = await readListedObject(store, await store.head(key, {}, signal), maxBytes, signal);
  if (reading === "too-large") throw unsupported;
  return kind.kind === "chunk"
    ? inspectChunk(reading.bytes, key, kind.chunk)
    : inspectIndex(reading.bytes, key, kind.index);
}
