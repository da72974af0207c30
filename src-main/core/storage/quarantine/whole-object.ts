import { isAppError } from "../../../../src-shared/errors/app-error.ts";
import { decodeChunk } from "../../common/loki-format/decode-chunk.ts";
import { readTsdbIndex } from "../../common/loki-format/tsdb/read-tsdb-index.ts";
import { CHUNK_OBJECT_MAX_BYTES } from "../integrity/chunk-checker.ts";
import { checkChunk } from "../integrity/check-chunk.ts";
import type { ObjectKind } from "../integrity/object-kind.ts";
import { INDEX_MAX_BYTES, unpackIndex } from "../integrity/unpack-index.ts";
import type { ObjectStore } from "../object-store.ts";

const INDEX_OBJECT_MAX_BYTES = 2 ** 30;
/** A plan is looked at by somebody who waits for it. */
const MOST_OBJECTS = 5_000;
const MOST_BYTES = 4 * 2 ** 30;

export interface ObjectContent {
  readonly whole: boolean;
  /** Lines that can be read from a chunk, chunks that an index names; `null` for what is neither. */
  readonly content: number | null;
}

/** Reads objects to say whether they are whole, up to so many and so much. */
export class WholeObjects {
  #objects = 0;
  #bytes = 0;

  /** Whether something was not read since there was too much to read. */
  exhausted = false;

  /** `null` where it was not, or could not be, read. Rejects only where nobody waits any more. */
  async look(
    store: ObjectStore,
    ref: { readonly key: string; readonly versionId?: string | null; readonly sizeBytes: number },
    object: ObjectKind,
    signal: AbortSignal,
  ): Promise<ObjectContent | null> {
    if (this.#objects >= MOST_OBJECTS || this.#bytes + ref.sizeBytes > MOST_BYTES) {
      this.exhausted = true;
      return null;
    }
    this.#objects += 1;
    this.#bytes += ref.sizeBytes;
    try {
      const bytes = await bytesOf(store, ref, object, signal);
      return bytes === null ? null : contentOf(bytes, object);
    } catch (error) {
      if (!isAppError(error) || error.category === "cancelled") throw error;
      return null;
    }
  }
}

function contentOf(bytes: Uint8Array, object: ObjectKind): ObjectContent {
  if (object.kind === "chunk") {
    const rows = bytes.length === 0 ? null : decodeChunk(bytes, object.chunk).rows;
    return { whole: checkChunk(bytes, object.chunk, "fast") === null, content: rows?.rowCount ?? 0 };
  }
  if (object.kind !== "index") return { whole: true, content: null };
  const unpacked = unpackIndex(bytes, INDEX_MAX_BYTES).bytes;
  if (unpacked === null) return { whole: false, content: 0 };
  const reading = readTsdbIndex(unpacked, object.index, () => undefined);
  return { whole: reading.toc !== null && reading.findings.length === 0, content: reading.chunks };
}

async function bytesOf(
  store: ObjectStore,
  { key, versionId }: { readonly key: string; readonly versionId?: string | null },
  object: ObjectKind,
  signal: AbortSignal,
): Promise<Uint8Array | null> {
  await using body = await store.get(key, versionId == null ? {} : { versionId }, signal);
  const most = object.kind === "chunk" ? CHUNK_OBJECT_MAX_BYTES : INDEX_OBJECT_MAX_BYTES;
  if (body.lengthBytes > most) return null;
  const bytes = new Uint8Array(body.lengthBytes);
  let at = 0;
  for await (const piece of body.chunks) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}
