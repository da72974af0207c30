import { formatChunkKey, parseChunkKey, type ChunkKey, type ChunkKeyForm } from "../../common/loki-format/chunk-key.ts";
import { parseIndexKey } from "../../common/loki-format/tsdb/index-key.ts";
import { readTsdbIndex } from "../../common/loki-format/tsdb/read-tsdb-index.ts";
import { readListedObject } from "../integrity/read-object.ts";
import { unpackIndex } from "../integrity/unpack-index.ts";
import type { ObjectInfo, ObjectStore } from "../object-store.ts";

/** Chunks that are asked for one by one. */
export const MOST_CHUNKS = 100;
const MOST_FILES = 4;
/** Read in the main thread: what an ingester uploads in a quarter of an hour is some hundred kilobytes. */
const MAX_PACKED_BYTES = 2 * 2 ** 20;
const MAX_UNPACKED_BYTES = 32 * 2 ** 20;

/**
 * The newest chunks that the newest index files name, newest first: chunks' keys begin with the tenant, so that a listing cannot
 * be asked for new ones. Files that are too large to be read here, or do not read, are passed by.
 */
export async function newestChunks(
  store: ObjectStore,
  indexPrefix: string,
  files: readonly ObjectInfo[],
  signal: AbortSignal,
): Promise<readonly ChunkKey[]> {
  const newest: ChunkKey[] = [];
  const readable = files
    .filter(({ sizeBytes }) => sizeBytes <= MAX_PACKED_BYTES)
    .toSorted((a, b) => b.modifiedMs - a.modifiedMs)
    .slice(0, MOST_FILES);
  for (const file of readable) {
    const index = parseIndexKey(file.key.slice(indexPrefix.length));
    if (index?.kind !== "uploaded" && index?.kind !== "compacted") continue;
    // oxlint-disable-next-line no-await-in-loop -- one unpacked index in memory at a time
    const reading = await readListedObject(store, file, MAX_PACKED_BYTES, signal);
    const { bytes } = reading === "too-large" ? { bytes: null } : unpackIndex(reading.bytes, MAX_UNPACKED_BYTES);
    if (bytes === null) continue;
    readTsdbIndex(bytes, index, ({ tenant, fingerprint, chunks }) => {
      for (let at = 0; at < chunks.count; at += 1) {
        const fromMs = chunks.fromMs[at] ?? 0;
        const throughMs = chunks.throughMs[at] ?? 0;
        newest.push({ tenant, fingerprint, fromMs, throughMs, checksum: chunks.checksum[at] ?? 0 });
      }
      if (newest.length > 50 * MOST_CHUNKS) keepNewest(newest);
    });
  }
  keepNewest(newest);
  return newest;
}

/** The form in which a bucket writes its chunks' keys: of the first one that a page of a tenant's shows. */
export async function keyFormOf(store: ObjectStore, tenant: string, signal: AbortSignal): Promise<ChunkKeyForm | null> {
  const page = await store.list({ prefix: `${tenant}/`, maxKeys: 10 }, signal);
  for (const { key } of page.objects) {
    const parsed = parseChunkKey(key);
    if (parsed !== null) return parsed.form;
  }
  return null;
}

export function objectKeyOf(chunk: ChunkKey, form: ChunkKeyForm | null): string {
  return form === null ? formatChunkKey(chunk) : formatChunkKey(chunk, form);
}

function keepNewest(chunks: ChunkKey[]): void {
  const seen = new Set<string>();
  const kept = chunks
    .toSorted((a, b) => b.throughMs - a.throughMs)
    .filter((chunk) => {
      const key = formatChunkKey(chunk);
      if (seen.has(key)) return false;
      seen.add(key);
      return true;
    });
  chunks.splice(0, chunks.length, ...kept.slice(0, MOST_CHUNKS));
}
