import { AppError, hasCode } from "../../../../src-shared/errors/app-error.ts";
import { batchIdSchema, type QuarantineBatch } from "../../../../src-shared/model/storage/quarantine.ts";
import type { ObjectStore } from "../object-store.ts";
import { JSON_TYPE, readSmallObject } from "../small-object.ts";
import {
  manifestKey,
  MANIFEST_MAX_BYTES,
  parseManifest,
  plainItem,
  printManifest,
  QUARANTINE_PREFIX,
  type BatchManifest,
} from "./batch-manifest.ts";

/** Batches that are listed; older ones are asked for by their names. */
const MOST_BATCHES = 500;
/** Pages of a listing, which somebody else may have filled. */
const MOST_PAGES = 20;
const LANES = 4;
const SHOWN_ITEMS = 500;

/** @throws AppError `storage.batch-unknown`, `storage.batch-damaged`, `storage.*` */
export async function readManifest(store: ObjectStore, batch: string, signal: AbortSignal): Promise<BatchManifest> {
  const found = await findManifest(store, batch, signal);
  if (found === null) throw new AppError("storage.batch-unknown", { batch });
  return found;
}

/** `null` where there is none. @throws AppError `storage.batch-damaged`, `storage.*` */
export async function findManifest(
  store: ObjectStore,
  batch: string,
  signal: AbortSignal,
): Promise<BatchManifest | null> {
  const found = await readSmallObject(store, manifestKey(batch), MANIFEST_MAX_BYTES, signal);
  if (found === null) return null;
  if (found.text === null) throw new AppError("storage.batch-damaged", { batch, problem: "too large" });
  return parseManifest(found.text, batch);
}

export async function writeManifest(store: ObjectStore, manifest: BatchManifest, signal: AbortSignal): Promise<void> {
  const bytes = Buffer.from(printManifest(manifest));
  await store.put(manifestKey(manifest.batch), bytes, { contentType: JSON_TYPE }, signal);
}

/** What is set aside in a bucket, by the manifests in it, the newest first; one that cannot be read says so. */
export async function listBatches(store: ObjectStore, signal: AbortSignal): Promise<readonly QuarantineBatch[]> {
  // Names begin with the time they were made at.
  const names = (await batchNames(store, signal)).toSorted().toReversed().slice(0, MOST_BATCHES);
  const batches: QuarantineBatch[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let place = next++; place < names.length; place = next++) {
      // oxlint-disable-next-line no-await-in-loop -- so many manifests in memory at a time
      batches[place] = await listed(store, names[place] ?? "", signal);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return batches;
}

/** A batch's folder is there, so it has lost its manifest where there is none. */
async function listed(store: ObjectStore, batch: string, signal: AbortSignal): Promise<QuarantineBatch> {
  try {
    return await describedBatch(store, batch, signal);
  } catch (error) {
    if (hasCode(error, "storage.batch-unknown")) return unreadable(batch, "no manifest");
    throw error;
  }
}

/** Rejects with `storage.batch-unknown` where there is none; a damaged one is `unreadable`. */
export async function describedBatch(store: ObjectStore, batch: string, signal: AbortSignal): Promise<QuarantineBatch> {
  try {
    return batchOf(await readManifest(store, batch, signal));
  } catch (error) {
    if (hasCode(error, "storage.batch-damaged")) return unreadable(batch, error.params.problem);
    throw error;
  }
}

function unreadable(batch: string, problem: string): QuarantineBatch {
  const nothing = { atMs: 0, principal: "", reason: "", count: 0, bytes: 0, items: [] };
  return { batch, state: "unreadable", ...nothing, problem };
}

function batchOf({ batch, state, by, items }: BatchManifest): QuarantineBatch {
  return {
    batch,
    state,
    atMs: by.atMs,
    principal: by.principal,
    reason: by.reason,
    count: items.length,
    bytes: items.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    items: items.slice(0, SHOWN_ITEMS).map(plainItem),
    problem: items.find(({ problem }) => problem !== null)?.problem ?? null,
  };
}

async function batchNames(store: ObjectStore, signal: AbortSignal): Promise<readonly string[]> {
  const names: string[] = [];
  let token: string | null = null;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const request = { prefix: QUARANTINE_PREFIX, delimiter: "/", ...(token === null ? {} : { token }) };
    // oxlint-disable-next-line no-await-in-loop -- a page names the next one
    const { prefixes, nextToken } = await store.list(request, signal);
    for (const prefix of prefixes) {
      const name = batchIdSchema.safeParse(prefix.slice(QUARANTINE_PREFIX.length, -1));
      if (name.success) names.push(name.data);
    }
    if (nextToken === null) break;
    token = nextToken;
  }
  return names;
}
