import { tableDayMs } from "../../common/loki-format/tsdb/index-key.ts";
import type { ObjectInfo, ObjectStore } from "../object-store.ts";

/** Index tables that are looked at: today's and the one before, since tables change at midnight. */
export const MOST_TABLES = 2;
const MOST_PAGES = 5;
const MOST_TABLE_PAGES = 20;
const DAY_MS = 86_400_000;

export interface BoundedListing {
  readonly objects: readonly ObjectInfo[];
  /** There is more than was listed. */
  readonly cut: boolean;
}

/** Objects under a prefix, at most some thousand. */
export async function boundedListing(store: ObjectStore, prefix: string, signal: AbortSignal): Promise<BoundedListing> {
  const objects: ObjectInfo[] = [];
  let token: string | null = null;
  for (let pages = 0; pages < MOST_PAGES; pages += 1) {
    // oxlint-disable-next-line no-await-in-loop -- a page names the next one
    const page = await store.list(token === null ? { prefix } : { prefix, token }, signal);
    objects.push(...page.objects);
    token = page.nextToken;
    if (token === null) return { objects, cut: false };
  }
  return { objects, cut: true };
}

/** The newest index tables of a bucket, newest first, as prefixes with a slash; those of days to come are none of Loki's. */
export async function newestTables(
  store: ObjectStore,
  indexPrefix: string,
  nowMs: number,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const tables: { readonly prefix: string; readonly dayMs: number }[] = [];
  let token: string | null = null;
  for (let pages = 0; pages < MOST_TABLE_PAGES; pages += 1) {
    const request = { prefix: indexPrefix, delimiter: "/" };
    // oxlint-disable-next-line no-await-in-loop -- a page names the next one
    const page = await store.list(token === null ? request : { ...request, token }, signal);
    for (const prefix of page.prefixes) {
      const dayMs = tableDayMs(prefix.slice(indexPrefix.length).replace(/\/$/, ""));
      if (dayMs !== null && dayMs <= nowMs + DAY_MS) tables.push({ prefix, dayMs });
    }
    token = page.nextToken;
    if (token === null) break;
  }
  return tables
    .toSorted((a, b) => b.dayMs - a.dayMs)
    .slice(0, MOST_TABLES)
    .map(({ prefix }) => prefix);
}

/** Of listed objects the one that was written last. */
export function newestObject(objects: readonly ObjectInfo[]): ObjectInfo | null {
  let newest: ObjectInfo | null = null;
  for (const object of objects) if (newest === null || object.modifiedMs > newest.modifiedMs) newest = object;
  return newest;
}
