import { CONSOLE_PREFIX } from "../../../../src-shared/model/storage/quarantine.ts";
import type { ObjectStore } from "../object-store.ts";
import { incomplete, MOST_SHARDS, packPart, unpackPart, type ScanPart } from "./scan-part.ts";

/** A part as it is stored, packed. */
const PACKED_MAX_BYTES = 256 * 2 ** 20;

/** Where the parts of a scan are in its bucket. */
export function partsPrefix(scan: string): string {
  return `${CONSOLE_PREFIX}scans/${scan}/`;
}

export function partKey(scan: string, index: number): string {
  return `${partsPrefix(scan)}part-${index}.json.gz`;
}

/** A part that is put again, as by a pod that was started anew, replaces the one before. */
export async function putPart(store: ObjectStore, part: ScanPart, signal: AbortSignal): Promise<string> {
  const key = partKey(part.scan, part.shard.index);
  await store.put(key, packPart(part), { contentType: "application/gzip" }, signal);
  return key;
}

/** All parts of a scan that are in its bucket. Rejects with `storage.shards-incomplete` for what is none, and `storage.*`. */
export async function readParts(store: ObjectStore, scan: string, signal: AbortSignal): Promise<readonly ScanPart[]> {
  const { objects, nextToken } = await store.list({ prefix: `${partsPrefix(scan)}part-` }, signal);
  if (nextToken !== null || objects.length > MOST_SHARDS) throw incomplete(`more than ${MOST_SHARDS} parts`);
  const parts: ScanPart[] = [];
  for (const { key, sizeBytes } of objects) {
    if (sizeBytes > PACKED_MAX_BYTES) throw incomplete(`${key} is too large`);
    // oxlint-disable-next-line no-await-in-loop -- one packed part in memory at a time
    await using body = await store.get(key, {}, signal);
    const pieces: Uint8Array[] = [];
    // oxlint-disable-next-line no-await-in-loop -- as above
    for await (const piece of body.chunks) pieces.push(piece);
    const part = unpackPart(Buffer.concat(pieces), key);
    if (key !== partKey(scan, part.shard.index))
      throw incomplete(`${key} holds part ${part.shard.index} of ${part.scan}`);
    parts.push(part);
  }
  return parts;
}
