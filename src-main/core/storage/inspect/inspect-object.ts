import { objectInspectionSchema, type ObjectInspection } from "../../../../src-shared/model/storage/inspection.ts";
import { AppError } from "../../../../src-shared/errors/app-error.ts";
import { CHUNK_OBJECT_MAX_BYTES } from "../integrity/chunk-checker.ts";
import { DEFAULT_LAYOUT, objectKind, type BucketLayout } from "../integrity/object-kind.ts";
import { readListedObject } from "../integrity/read-object.ts";
import type { ScannedStore } from "../integrity/scanned-store.ts";
import { inspectChunk } from "./inspect-chunk.ts";
import { inspectIndex } from "./inspect-index.ts";

const INDEX_OBJECT_MAX_BYTES = 2 ** 30;

/** Of one version, where that is asked for. */
export interface InspectOptions {
  readonly layout?: BucketLayout;
  readonly versionId?: string;
}

/**
 * Reads one object and says what is in it. Rejects with what the store rejects with, and with `storage.unsupported` for an object
 * that is neither a chunk nor an index file by its key, or has more bytes than either can have.
 */
export async function inspectObject(
  store: ScannedStore,
  key: string,
  signal: AbortSignal,
  options: InspectOptions = {},
): Promise<ObjectInspection> {
  const { layout = DEFAULT_LAYOUT } = options;
  return inspectBytes(await readForInspection(store, key, signal, options), key, layout);
}

/** The bytes of an object that can be looked into. Rejects as `inspectObject` does. */
export async function readForInspection(
  store: ScannedStore,
  key: string,
  signal: AbortSignal,
  { layout = DEFAULT_LAYOUT, versionId }: InspectOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  const kind = objectKind(key, layout).kind;
  const refused = unsupported(key, store.title);
  if (kind !== "chunk" && kind !== "index") throw refused;
  const maxBytes = kind === "chunk" ? CHUNK_OBJECT_MAX_BYTES : INDEX_OBJECT_MAX_BYTES;
  const object = await store.head(key, versionId === undefined ? {} : { versionId }, signal);
  const reading = await readListedObject(store, object, maxBytes, signal);
  if (reading === "too-large") throw refused;
  return reading.bytes;
}

/** What is in an object, by its key. Throws `storage.unsupported` for one that is neither a chunk nor an index file. */
export function inspectBytes(bytes: Uint8Array, key: string, layout: BucketLayout): ObjectInspection {
  const kind = objectKind(key, layout);
  // A page changes nothing of it, but its type is the door's.
  if (kind.kind === "chunk") return objectInspectionSchema.parse(inspectChunk(bytes, key, kind.chunk));
  if (kind.kind === "index") return objectInspectionSchema.parse(inspectIndex(bytes, key, kind.index));
  throw unsupported(key, "-");
}

function unsupported(key: string, store: string): AppError<"storage.unsupported"> {
  return new AppError("storage.unsupported", { store, action: `inspect ${key.slice(0, 200)}` });
}
