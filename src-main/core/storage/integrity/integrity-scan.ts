import type { LabelSet } from "../../../../src-shared/model/labels.ts";
import type { StorageFinding } from "../../../../src-shared/model/storage-finding.ts";
import { isAppError } from "../../../../src-shared/errors/app-error.ts";
import type { ChunkKey } from "../../common/loki-format/chunk-key.ts";
import type { ObjectInfo, ObjectStore } from "../object-store.ts";
import { checkChunk, type ChunkDamage } from "./check-chunk.ts";
import { ChunkBook } from "./chunk-book.ts";
import { IndexPass } from "./index-pass.ts";
import { DEFAULT_LAYOUT, objectKind, type BucketLayout, type ObjectKind } from "./object-kind.ts";
import { reconciled } from "./reconcile.ts";

export interface ScanOptions {
  readonly store: ObjectStore;
  readonly mode: "fast" | "deep";
  readonly layout?: BucketLayout;
  /** Objects that are read at a time. */
  readonly concurrency?: number;
  readonly onProgress?: (done: {
    readonly objects: number;
    readonly bytes: number;
    readonly totalBytes: number;
  }) => void;
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
  readonly unreadable: readonly { readonly object: ObjectInfo; readonly code: string }[];
}

/** Nothing of Loki's is larger: chunks are cut at 1.5 MiB, index files of a day at some hundred. */
const OBJECT_MAX_BYTES = 2 ** 30;
const CONCURRENCY = 8;

/**
 * Reads a whole bucket and says what is wrong with it: every chunk against its key, every index file, and both against each
 * other. Holds the keys of all chunks and one object a lane. Rejects with what the store's listing rejects with; an object that
 * cannot be read is a finding.
 */
export async function scanBucket(options: ScanOptions, signal: AbortSignal): Promise<ScanReport> {
  const { store, mode, layout = DEFAULT_LAYOUT, concurrency = CONCURRENCY } = options;
  const chunks: { readonly object: ObjectInfo; readonly chunk: ChunkKey }[] = [];
  const indexes: { readonly object: ObjectInfo; readonly index: Extract<ObjectKind, { kind: "index" }>["index"] }[] =
    [];
  const garbage: ObjectInfo[] = [];
  const book = new ChunkBook();
  let objects = 0;
  let bytes = 0;
  for await (const object of allObjects(store, signal)) {
    objects += 1;
    bytes += object.sizeBytes;
    const kind = objectKind(object.key, layout);
    if (kind.kind === "chunk") {
      if (book.has(object.key)) continue;
      book.add(object.key, object.sizeBytes);
      chunks.push({ object, chunk: kind.chunk });
    } else if (kind.kind === "index") indexes.push({ object, index: kind.index });
    else if (kind.kind === "unknown") garbage.push(object);
  }
  const damaged: DamagedChunk[] = [];
  const unreadable: { readonly object: ObjectInfo; readonly code: string }[] = [];
  let done = { objects: 0, bytes: 0 };
  const read = async (object: ObjectInfo): Promise<Uint8Array | null> => {
    try {
      return await wholeObject(store, object, signal);
    } catch (error) {
      if (signal.aborted || !isAppError(error)) throw error;
      unreadable.push({ object, code: error.code });
      return null;
    } finally {
      done = { objects: done.objects + 1, bytes: done.bytes + object.sizeBytes };
      options.onProgress?.({ ...done, totalBytes: bytes });
    }
  };
  await inLanes(chunks, concurrency, async ({ object, chunk }) => {
    const found = await read(object);
    const damage = found === null ? null : checkChunk(found, chunk, mode);
    if (damage === null && found !== null) return;
    book.markDamaged(object.key);
    if (damage !== null) damaged.push({ key: object.key, chunk, sizeBytes: object.sizeBytes, damage });
  });
  const pass = new IndexPass(
    book,
    new Set([...damaged.map(({ key }) => key), ...unreadable.map(({ object }) => object.key)]),
  );
  for (const { object, index } of indexes) {
    // oxlint-disable-next-line no-await-in-loop -- one unpacked index in memory at a time
    const packed = await read(object);
    if (packed !== null) pass.take(object.key, index, packed);
  }
  const labelsOf = (key: string) => orphanLabels(store, key, signal);
  const findings = await reconciled({ book, damaged, garbage, unreadable }, pass, layout, labelsOf);
  return { findings, objects, bytes, chunks: book.size, indexFiles: indexes.length, references: pass.references };
}

async function* allObjects(store: ObjectStore, signal: AbortSignal): AsyncGenerator<ObjectInfo> {
  let token: string | null = null;
  do {
    const request = token === null ? { prefix: "" } : { prefix: "", token };
    // oxlint-disable-next-line no-await-in-loop -- a page names the next one
    const page = await store.list(request, signal);
    yield* page.objects;
    token = page.nextToken;
  } while (token !== null);
}

async function wholeObject(store: ObjectStore, { key, etag }: ObjectInfo, signal: AbortSignal): Promise<Uint8Array> {
  await using body = await store.get(key, { ifMatch: etag, range: { start: 0, end: OBJECT_MAX_BYTES } }, signal);
  const pieces: Uint8Array[] = [];
  for await (const piece of body.chunks) pieces.push(piece);
  return pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces);
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

async function inLanes<Item>(
  items: readonly Item[],
  lanes: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let item = items[next++]; item !== undefined; item = items[next++]) {
      // oxlint-disable-next-line no-await-in-loop -- one object a lane
      await work(item);
    }
  };
  await Promise.all(Array.from({ length: Math.min(lanes, items.length) }, lane));
}
