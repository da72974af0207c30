import type { ObjectInfo } from "../object-store.ts";
import type { ScannedStore } from "./scanned-store.ts";
import { verdictOfFailure } from "./chunk-verdict.ts";
import type { IndexPass } from "./index-pass.ts";
import { allObjects, type Inventory, type ListedIndex } from "./inventory.ts";
import type { BucketLayout } from "./object-kind.ts";
import { readListedObject } from "./read-object.ts";
import type { ScanGaps } from "./scan-gaps.ts";

/** An index file as it is in the bucket, packed. */
const INDEX_OBJECT_MAX_BYTES = 2 ** 30;
/** A compactor replaces a table's files every ten minutes; whoever reads slower than that sees each table once all the same. */
const MOST_LISTINGS = 4;

interface IndexReading {
  readonly store: ScannedStore;
  readonly layout: BucketLayout;
  readonly inventory: Inventory;
  readonly pass: IndexPass;
  readonly gaps: ScanGaps;
  readonly onDone: (object: ObjectInfo) => void;
}

/**
 * Reads every index file, whatever is known of it already. They are listed anew first, for chunks may have taken hours, and again
 * where one is gone when it is to be read: then a compactor has put its contents elsewhere.
 */
export async function readIndexes(reading: IndexReading, signal: AbortSignal): Promise<void> {
  const { inventory, gaps } = reading;
  const read = new Set<string>();
  for (let listing = 0; listing < MOST_LISTINGS; listing += 1) {
    // oxlint-disable-next-line no-await-in-loop -- the next listing is for what this one had lost already
    await listIndexes(reading, signal);
    let gone = 0;
    for (const listed of inventory.indexes) {
      const { key } = listed.object;
      if (read.has(key)) continue;
      read.add(key);
      // oxlint-disable-next-line no-await-in-loop -- one unpacked index in memory at a time
      if (await readIndex(reading, listed, signal)) continue;
      inventory.forgetIndex(key);
      gone += 1;
    }
    if (gone === 0) return;
    if (listing + 1 === MOST_LISTINGS) gaps.add("index-moving", "", gone);
  }
}

async function listIndexes({ store, layout, inventory }: IndexReading, signal: AbortSignal): Promise<void> {
  for await (const object of allObjects(store, layout.indexPrefix, signal)) {
    if (object.key.startsWith(layout.indexPrefix)) inventory.take(object);
  }
}

/** `false` for one that is gone. */
async function readIndex(
  { store, pass, gaps, onDone }: IndexReading,
  { object, index }: ListedIndex,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    const bytes = await readListedObject(store, object, INDEX_OBJECT_MAX_BYTES, signal);
    if (bytes === "too-large") {
      pass.spill.addUnreadable({ object, code: bytes });
      pass.passOver(index);
    } else pass.take(object.key, index, bytes.bytes);
  } catch (error) {
    if (signal.aborted) throw error;
    const verdict = verdictOfFailure(error);
    if (verdict.kind !== "unreadable") return false;
    if (verdict.code === "storage.changed") gaps.add("object-changed", object.key);
    else pass.spill.addUnreadable({ object, code: verdict.code });
    pass.passOver(index);
  }
  onDone(object);
  return true;
}
