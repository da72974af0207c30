import type { ObjectStore } from "../object-store.ts";
import { boundedListing, newestObject, newestTables } from "./newest-index.ts";
import { evidence, instant, known, unknown, type RpoPart } from "./rpo-part.ts";
import { newestFlush, type IngesterFacts } from "./wal-part.ts";

/** How long ago any data reached the bucket: by the ingesters' own word, else by the newest file of the newest index tables. */
export async function flushPart(
  bucket: { readonly store: ObjectStore; readonly indexPrefix: string },
  ingesters: IngesterFacts | null,
  nowMs: number,
  signal: AbortSignal,
): Promise<RpoPart> {
  const flush = newestFlush(ingesters);
  if (flush !== null) {
    const fact = `${flush.instance}: loki_ingester_chunks_flushed_total`;
    return known("flush", nowMs - flush.atMs, [evidence(fact, instant(flush.atMs))], { by: "metrics" });
  }
  const tables = await newestTables(bucket.store, bucket.indexPrefix, nowMs, signal);
  if (tables.length === 0) return unknown("flush", "no-index");
  const listings = await Promise.all(tables.map((table) => boundedListing(bucket.store, table, signal)));
  const newest = newestObject(listings.flatMap(({ objects }) => objects));
  if (newest === null) return unknown("flush", "no-index");
  const told = [evidence(newest.key, instant(newest.modifiedMs))];
  if (listings.some(({ cut }) => cut)) return unknown("flush", "too-many-files", told);
  return known("flush", nowMs - newest.modifiedMs, told, { by: "index" });
}
