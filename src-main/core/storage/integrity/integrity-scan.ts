import type { LabelSet } from "../../../../src-shared/model/labels.ts";
import type { StorageFinding } from "../../../../src-shared/model/storage-finding.ts";
import { isAppError } from "../../../../src-shared/errors/app-error.ts";
import type { ChunkKey } from "../../common/loki-format/chunk-key.ts";
import type { ObjectInfo, ObjectStore } from "../object-store.ts";
import { ownsChunk, type ScanShard } from "../shards/scan-shard.ts";
import type { ChunkDamage } from "./check-chunk.ts";
import type { ChunkBook } from "./chunk-book.ts";
import type { CheckMode, ChunkChecker } from "./chunk-checker.ts";
import { CheckLanes } from "./check-lanes.ts";
import { verdictOfFailure } from "./chunk-verdict.ts";
import { inThreadChunkChecker } from "./in-thread-chunk-checker.ts";
import { IndexPass } from "./index-pass.ts";
import { allObjects, Inventory } from "./inventory.ts";
import { lookAgain } from "./look-again.ts";
import { DEFAULT_LAYOUT, type BucketLayout } from "./object-kind.ts";
import { readListedObject } from "./read-object.ts";
import { reconciled } from "./reconcile.ts";

export interface ScanOptions {
  readonly store: ObjectStore;
  readonly mode: CheckMode;
  readonly layout?: BucketLayout;
  /** Of the same store; in this thread without. */
  readonly checker?: ChunkChecker;
  /** Of one index file, unpacked. */
  readonly indexMaxBytes?: number;
  /**
   * Only the bytes of these chunks, and findings about these objects; those about an index are told as far as they concern these
   * chunks. `mergeShards` makes one report of all shards' again.
   */
  readonly shard?: ScanShard;
  readonly onProgress?: (done: ScanProgress) => void;
}

export interface ScanProgress {
  readonly objects: number;
  readonly bytes: number;
  /** Of all objects that were listed so far. */
  readonly totalBytes: number;
}

export interface ScanReport {
  readonly findings: readonly StorageFinding[];
  readonly objects: number;
  readonly bytes: number;
  readonly chunks: number;
  readonly indexFiles: number;
  readonly references: number;
}

/** A chunk that is not as its key says, before the index has said what it should be. */
export interface DamagedChunk {
  readonly key: string;
  readonly chunk: ChunkKey;
  readonly sizeBytes: number;
  readonly damage: ChunkDamage;
}

/** What the objects themselves have shown. */
export interface ObjectFacts {
  readonly book: ChunkBook;
  readonly damaged: readonly DamagedChunk[];
  readonly garbage: readonly ObjectInfo[];
  readonly unreadable: readonly UnreadableObject[];
  /** Whose objects are told of; everything without. */
  readonly shard?: ScanShard | null;
}

/** `code` of the error, or `too-large`. */
export interface UnreadableObject {
  readonly object: ObjectInfo;
  readonly code: string;
}

/** An index file as it is in the bucket, packed. */
const INDEX_OBJECT_MAX_BYTES = 2 ** 30;

/**
 * Reads a whole bucket and says what is wrong with it: every chunk against its key, every index file, and both against each
 * other. Holds the keys of all chunks, what the checker has in flight, and one index file. Rejects with what the store's listing
 * rejects with; an object that cannot be read is a finding.
 */
export async function scanBucket(options: ScanOptions, signal: AbortSignal): Promise<ScanReport> {
  const { store, mode, layout = DEFAULT_LAYOUT, checker = inThreadChunkChecker(store), shard = null } = options;
  const inventory = new Inventory(layout);
  const damaged: DamagedChunk[] = [];
  const unreadable: UnreadableObject[] = [];
  const { book } = inventory;
  let done = { objects: 0, bytes: 0 };
  const onDone = (object: ObjectInfo): void => {
    done = { objects: done.objects + 1, bytes: done.bytes + object.sizeBytes };
    options.onProgress?.({ ...done, totalBytes: inventory.bytes });
  };
  const lanes = new CheckLanes(checker, mode, signal, ({ object, chunk }, verdict) => {
    onDone(object);
    if (verdict.kind === "sound") return;
    if (verdict.kind === "gone") {
      book.forget(chunk);
      return;
    }
    book.markDamaged(chunk);
    if (verdict.kind === "unreadable") unreadable.push({ object, code: verdict.code });
    else damaged.push({ key: object.key, chunk, sizeBytes: object.sizeBytes, damage: verdict.damage });
  });
  for await (const object of allObjects(store, signal)) {
    const listed = inventory.take(object);
    if (listed !== null && (shard === null || ownsChunk(shard, listed.chunk))) await lanes.add(listed);
  }
  await lanes.finish();
  const pass = new IndexPass(book, options.indexMaxBytes);
  for (const { object, index } of inventory.indexes) {
    try {
      // oxlint-disable-next-line no-await-in-loop -- one unpacked index in memory at a time
      const reading = await readListedObject(store, object, INDEX_OBJECT_MAX_BYTES, signal);
      if (reading === "too-large") unreadable.push({ object, code: reading });
      else pass.take(object.key, index, reading.bytes);
    } catch (error) {
      if (signal.aborted) throw error;
      const verdict = verdictOfFailure(error);
      if (verdict.kind === "unreadable") unreadable.push({ object, code: verdict.code });
    }
    onDone(object);
  }
  await lookAgain({ store, pass, inventory, lanes, shard }, signal);
  const labelsOf = (key: string) => orphanLabels(store, key, signal);
  const facts = { book, damaged, garbage: inventory.garbage, unreadable, shard };
  const findings = await reconciled(facts, pass, layout, labelsOf);
  const { objects, bytes, indexes } = inventory;
  return { findings, objects, bytes, chunks: book.size, indexFiles: indexes.length, references: pass.references };
}

/** The labels of a sound chunk that no index names; `null` where it cannot be read any more. */
async function orphanLabels(store: ObjectStore, key: string, signal: AbortSignal): Promise<LabelSet | null> {
  const { readOuter } = await import("../../common/loki-format/chunk-outer.ts");
  const { bytesInMemory } = await import("../../common/loki-format/object-bytes.ts");
  try {
    await using body = await store.get(key, {}, signal);
    const pieces: Uint8Array[] = [];
    for await (const piece of body.chunks) pieces.push(piece);
    return readOuter(bytesInMemory(Buffer.concat(pieces))).part?.metadata?.labels ?? null;
  } catch (error) {
    if (signal.aborted || !isAppError(error)) throw error;
    return null;
  }
}
