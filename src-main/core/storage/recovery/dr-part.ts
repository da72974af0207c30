import PQueue from "p-queue";
import { hasCode } from "../../../../src-shared/errors/app-error.ts";
import type { ObjectInfo, ObjectStore } from "../object-store.ts";
import { keyFormOf, newestChunks, objectKeyOf } from "./newest-chunks.ts";
import { boundedListing, newestObject, newestTables, type BoundedListing } from "./newest-index.ts";
import { evidence, instant, known, unknown, type RpoEvidence, type RpoPart } from "./rpo-part.ts";

export interface ComparedBucket {
  readonly store: ObjectStore;
  readonly indexPrefix: string;
}

/** Objects that are asked for at once. */
const LANES = 8;

/**
 * How far a copy lags behind: the age of the oldest object that the bucket has and the copy lacks, of the newest index tables and of
 * the newest chunks that these name. What was lost in the copy long ago is not seen here; a scan of the copy sees it.
 */
export async function drPart(
  primary: ComparedBucket,
  copy: ComparedBucket,
  nowMs: number,
  signal: AbortSignal,
): Promise<RpoPart> {
  const tables = await newestTables(primary.store, primary.indexPrefix, nowMs, signal);
  if (tables.length === 0) return unknown("dr", "no-index");
  const missing: ObjectInfo[] = [];
  const files: ObjectInfo[] = [];
  const told: RpoEvidence[] = [];
  let cut = false;
  for (const table of tables) {
    const theirTable = copy.indexPrefix + table.slice(primary.indexPrefix.length);
    // oxlint-disable-next-line no-await-in-loop -- one table of the two at a time
    const [ours, theirs] = await Promise.all([
      boundedListing(primary.store, table, signal),
      boundedListing(copy.store, theirTable, signal),
    ]);
    files.push(...ours.objects);
    const compared = lacking(ours, table, theirs, theirTable);
    missing.push(...compared.missing);
    cut ||= compared.cut;
    const newest = newestObject(theirs.objects);
    told.push(
      evidence(`${copy.store.title}: ${newest?.key ?? theirTable}`, newest === null ? "-" : instant(newest.modifiedMs)),
    );
  }
  const chunks = await newestChunks(primary.store, primary.indexPrefix, files, signal);
  missing.push(...(await lackingChunks(primary.store, copy.store, chunks, signal)));
  told.unshift(
    evidence("tables", tables.join(" ")),
    evidence("index files compared", files.length),
    evidence("chunks asked for", chunks.length),
    evidence("missing in the copy", missing.length),
  );
  const oldest = missing.toSorted((a, b) => a.modifiedMs - b.modifiedMs)[0];
  if (oldest !== undefined) {
    told.unshift(evidence(oldest.key, instant(oldest.modifiedMs)));
    return known("dr", nowMs - oldest.modifiedMs, told, { missing: missing.length });
  }
  if (cut) return unknown("dr", "too-many-files", told);
  return known("dr", 0, told, { missing: 0 });
}

/** What one table has and the copy's lacks. Of listings that were cut, only keys that both have reached are compared. */
function lacking(ours: BoundedListing, table: string, theirs: BoundedListing, theirTable: string) {
  const there = new Set(theirs.objects.map(({ key }) => key.slice(theirTable.length)));
  const reached = theirs.cut ? (theirs.objects.at(-1)?.key.slice(theirTable.length) ?? "") : null;
  const missing = ours.objects.filter(({ key }) => {
    const name = key.slice(table.length);
    return !there.has(name) && (reached === null || name <= reached);
  });
  return { missing, cut: ours.cut || theirs.cut };
}

async function lackingChunks(
  primary: ObjectStore,
  copy: ObjectStore,
  chunks: Awaited<ReturnType<typeof newestChunks>>,
  signal: AbortSignal,
): Promise<readonly ObjectInfo[]> {
  const [first] = chunks;
  if (first === undefined) return [];
  const form = await keyFormOf(primary, first.tenant, signal);
  const queue = new PQueue({ concurrency: LANES });
  const found = await queue.addAll(
    chunks.map((chunk) => async () => {
      const key = objectKeyOf(chunk, form);
      if ((await headOf(copy, key, signal)) !== null) return null;
      // An index may name what was never there: that is no lag of the copy.
      return headOf(primary, key, signal);
    }),
  );
  return found.filter((object) => object !== null);
}

async function headOf(store: ObjectStore, key: string, signal: AbortSignal): Promise<ObjectInfo | null> {
  try {
    return await store.head(key, {}, signal);
  } catch (error) {
    if (hasCode(error, "storage.not-found")) return null;
    throw error;
  }
}
