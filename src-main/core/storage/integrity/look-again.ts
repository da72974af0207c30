import { hasCode } from "../../../../src-shared/errors/app-error.ts";
import type { ObjectInfo } from "../object-store.ts";
import type { ScannedStore } from "./scanned-store.ts";
import type { ListedChunk } from "./chunk-checker.ts";
import type { Inventory } from "./inventory.ts";
import type { DanglingReference, ScanSpill } from "./scan-spill.ts";

/** Where more is missing than this, a listing has not passed over a few: nobody waits for so many requests. */
const MAX_ASKED = 100_000;
const LANES = 16;

interface Scanned {
  readonly store: ScannedStore;
  readonly spill: ScanSpill;
  readonly inventory: Inventory;
  /** Whose chunks are asked for. */
  readonly concerns: (chunk: DanglingReference) => boolean;
  /** Given what is there after all, as a listing would have. */
  readonly onFound: (listed: ListedChunk) => Promise<void>;
}

/**
 * Asks for each chunk that an index names and the listing did not: a listing may skip, and an ingester may have put the chunk
 * after that page. Returns how many were not asked for, for their number.
 */
export async function lookAgain(
  { store, spill, inventory, concerns, onFound }: Scanned,
  signal: AbortSignal,
): Promise<number> {
  let asked = 0;
  let leftOut = 0;
  const references = spill.dangling();
  const lane = async (): Promise<void> => {
    for (const reference of references) {
      if (!concerns(reference)) continue;
      if (asked >= MAX_ASKED) {
        leftOut += 1;
        continue;
      }
      asked += 1;
      const { key, labels, entries } = reference;
      // oxlint-disable-next-line no-await-in-loop -- so many requests at a time
      const object = await found(store, key, signal);
      if (object === null) continue;
      const listed = inventory.take(object);
      spill.forgetDangling(key);
      spill.describe(key, { labels, entries });
      inventory.book.markReferenced(reference);
      // oxlint-disable-next-line no-await-in-loop -- waits where the checker is busy
      if (listed !== null) await onFound(listed);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return leftOut;
}

/** `null` where there is none, or no key that the store can have. */
async function found(store: ScannedStore, key: string, signal: AbortSignal): Promise<ObjectInfo | null> {
  try {
    return await store.head(key, {}, signal);
  } catch (error) {
    if (hasCode(error, "storage.not-found") || hasCode(error, "storage.key-invalid")) return null;
    throw error;
  }
}
