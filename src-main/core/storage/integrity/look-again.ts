import { hasCode } from "../../../../src-shared/errors/app-error.ts";
import type { ObjectInfo, ObjectStore } from "../object-store.ts";
import { ownsChunk, type ScanShard } from "../shards/scan-shard.ts";
import type { CheckLanes } from "./check-lanes.ts";
import type { IndexPass } from "./index-pass.ts";
import type { Inventory } from "./inventory.ts";

/** Where more is missing than this, a listing has not passed over a few: nobody waits for so many requests. */
const MAX_ASKED = 10_000;
const LANES = 16;

interface Scanned {
  readonly store: ObjectStore;
  readonly pass: IndexPass;
  readonly inventory: Inventory;
  readonly lanes: CheckLanes;
  /** Whose chunks are asked for; all of them without. */
  readonly shard: ScanShard | null;
}

/**
 * Asks for each chunk that an index names and the listing did not: a listing may skip, and an ingester may have put the chunk
 * after that page. What is there after all is checked as the others were.
 */
export async function lookAgain({ store, pass, inventory, lanes, shard }: Scanned, signal: AbortSignal): Promise<void> {
  const own = [...pass.dangling.values()].filter((chunk) => shard === null || ownsChunk(shard, chunk));
  const missing = own.slice(0, MAX_ASKED);
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let reference = missing[next++]; reference !== undefined; reference = missing[next++]) {
      const { key, labels, entries } = reference;
      // oxlint-disable-next-line no-await-in-loop -- so many requests at a time
      const object = await found(store, key, signal);
      if (object === null) continue;
      const listed = inventory.take(object);
      pass.dangling.delete(key);
      pass.described.set(key, { labels, entries });
      inventory.book.markReferenced(reference);
      // oxlint-disable-next-line no-await-in-loop -- waits where the checker is busy
      if (listed !== null) await lanes.add(listed);
    }
  };
  await Promise.all(Array.from({ length: Math.min(LANES, missing.length) }, lane));
  await lanes.finish();
}

/** `null` where there is none, or no key that the store can have. */
async function found(store: ObjectStore, key: string, signal: AbortSignal): Promise<ObjectInfo | null> {
  try {
    return await store.head(key, {}, signal);
  } catch (error) {
    if (hasCode(error, "storage.not-found") || hasCode(error, "storage.key-invalid")) return null;
    throw error;
  }
}
