import { isAppError } from "../../../../../src-shared/errors/app-error.ts";
import type { RateBucket } from "../../../common/rate-bucket.ts";
import type { RestoreItem } from "../../../../../src-shared/model/storage/restore.ts";
import { endIfCancelled } from "../../store-retries.ts";
import { objectKind } from "../../integrity/object-kind.ts";
import type { ObjectStore } from "../../object-store.ts";
import { wrappedStore } from "../../wrapped-store.ts";
import type { IndexReader } from "../plan/index-reader.ts";
import { chunksNotBack, chunksThere, NamedChunks } from "./chunk-presence.ts";
import type { Patience } from "./patience.ts";
import type { RestoreJournal } from "./restore-journal.ts";
import { restoreObject, type ObjectOutcome, type RestoreWay } from "./restore-object.ts";
import type { PlannedRestore } from "../planned-restore.ts";
import { settleInOrder } from "./settle-in-order.ts";

const LANES = 8;

/** Nothing of one object: the next would fail likewise. */
const ENDS_ALL: ReadonlySet<string> = new Set([
  "storage.full",
  "storage.lease-lost",
  "storage.lease-held",
  "storage.credentials-refused",
  "storage.credentials-missing",
  "storage.forbidden",
  "storage.tls",
  "storage.bucket-unknown",
  "storage.not-found-at-site",
]);

export type IndexReading = Pick<IndexReader, "read">;

export interface CopyWork {
  readonly way: RestoreWay;
  readonly planned: PlannedRestore;
  readonly journal: RestoreJournal;
  readonly patience: Patience;
  readonly pace: RateBucket;
  readonly lanes?: number | undefined;
}

/** Chunks, and what is neither chunk nor index, several at a time. */
export async function copyChunks(work: CopyWork, signal: AbortSignal): Promise<void> {
  const { planned, journal, lanes = LANES } = work;
  await settleInOrder(
    until(planned.items(journal.now.position, signal), ({ kind }) => kind === "index"),
    lanes,
    (item) => copyOne(work, item, signal),
    (item, outcome) => journal.settle(item, outcome),
  );
}

/**
 * Index files, one after the other, the newest last; each only when it is whole and every chunk that it names is there or was
 * lost before. Gives how many names of lost chunks came with them.
 */
export async function copyIndexFiles(work: CopyWork, reader: IndexReading, signal: AbortSignal): Promise<number> {
  const { planned, journal, patience, way } = work;
  if (planned.plan.indexFiles === 0) return 0;
  const there = await patience.until(() => chunksThere(way.target, way.layout, signal), signal);
  const notBack = await chunksNotBack(planned, way.layout, there, journal.now.failedChunks, signal);
  let lost = 0;
  for await (const item of planned.items(journal.now.position, signal)) {
    const named = new NamedChunks(there, notBack);
    const problem = await attempted(work, signal, () => indexProblem(way, reader, item, named, signal));
    lost += named.lost;
    const outcome = problem === null ? await copyOne(work, item, signal) : ({ kind: "failed", ...problem } as const);
    await journal.settle(item, outcome);
  }
  return lost;
}

async function indexProblem(
  { source, layout }: RestoreWay,
  reader: IndexReading,
  { key, sizeBytes, sourceEtag, sourceVersionId, sourceModifiedMs }: RestoreItem,
  named: NamedChunks,
  signal: AbortSignal,
): Promise<{ readonly problem: string } | null> {
  const kind = objectKind(key, layout);
  if (kind.kind !== "index") return null;
  const object = { key, sizeBytes, etag: sourceEtag, modifiedMs: sourceModifiedMs, versionId: sourceVersionId };
  const store = sourceVersionId === null ? source : atVersion(source, sourceVersionId);
  const { isWhole } = await reader.read(store, object, kind.index, (batch) => named.take(batch), signal);
  if (!isWhole) return { problem: "index-unreadable" };
  return named.hindrance === null ? null : { problem: "index-names-failed" };
}

/** The same store, where one object is its version of then. */
function atVersion(store: ObjectStore, versionId: string): ObjectStore {
  return wrappedStore(store, {
    get: (key, { range }, signal) => store.get(key, { versionId, ...(range === undefined ? {} : { range }) }, signal),
    head: (key, _options, signal) => store.head(key, { versionId }, signal),
  });
}

/** Whether every object of the plan stands at its place with its size: the last look, at all of them. */
export async function lookAtAll(work: CopyWork, signal: AbortSignal): Promise<number> {
  const { planned, journal, patience, way, lanes = LANES } = work;
  const failed = new Set([...journal.now.failedChunks, ...journal.now.failed.map(({ key }) => key)]);
  let missing = 0;
  await settleInOrder(
    planned.items(0, signal),
    lanes * 2,
    (item) =>
      failed.has(item.key)
        ? Promise.resolve(true)
        : attempted({ journal, patience }, signal, async () => {
            const { sizeBytes } = await way.target.head(item.key, {}, signal);
            return sizeBytes === item.sizeBytes;
          }),
    async (item, seen) => {
      if (seen === true) return;
      missing += 1;
      journal.fail(item, seen === false ? "place-changed" : seen.problem);
    },
  );
  return missing;
}

async function copyOne(work: CopyWork, item: RestoreItem, signal: AbortSignal): Promise<ObjectOutcome> {
  const outcome = await attempted(work, signal, async () => {
    await work.pace.take(item.sizeBytes, signal);
    return await restoreObject(work.way, item, signal);
  });
  return "kind" in outcome ? outcome : { kind: "failed", problem: outcome.problem };
}

/** What a store says of one object is the object's; what it says of all rejects. */
async function attempted<Value>(
  { patience }: Pick<CopyWork, "patience" | "journal">,
  signal: AbortSignal,
  work: () => Promise<Value>,
): Promise<Value | { readonly problem: string }> {
  try {
    return await patience.until(work, signal);
  } catch (error) {
    endIfCancelled(signal);
    if (!isAppError(error) || error.category === "cancelled" || ENDS_ALL.has(error.code) || patience.isOver)
      throw error;
    return { problem: error.code };
  }
}

async function* until<Item>(items: AsyncIterable<Item>, isEnd: (item: Item) => boolean): AsyncGenerator<Item> {
  for await (const item of items) {
    if (isEnd(item)) return;
    yield item;
  }
}
