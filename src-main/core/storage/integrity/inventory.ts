import { AppError } from "../../../../src-shared/errors/app-error.ts";
import { parseChunkKey } from "../../common/loki-format/chunk-key.ts";
import type { ObjectInfo } from "../object-store.ts";
import type { ScannedStore } from "./scanned-store.ts";
import { ChunkBook } from "./chunk-book.ts";
import type { ListedChunk } from "./chunk-checker.ts";
import { objectKind, type BucketLayout, type ObjectKind } from "./object-kind.ts";
import type { ScanSpill } from "./scan-spill.ts";

/** A store may answer pages with nothing in them, but not for ever. */
const PAGES_WITHOUT_NEW = 1_000;

export interface ListedIndex {
  readonly object: ObjectInfo;
  readonly index: Extract<ObjectKind, { kind: "index" }>["index"];
}

/** What a listing told, sorted by what the keys say; a key that it repeats counts once. */
export class Inventory {
  readonly #layout: BucketLayout;
  readonly #spill: ScanSpill;
  readonly #indexes = new Map<string, ListedIndex>();
  readonly book = new ChunkBook();
  objects = 0;
  bytes = 0;
  /** Of chunks and index files. */
  bytesToRead = 0;

  constructor(layout: BucketLayout, spill: ScanSpill) {
    this.#layout = layout;
    this.#spill = spill;
  }

  /** Index files in the order of the listing. */
  get indexes(): readonly ListedIndex[] {
    return [...this.#indexes.values()];
  }

  /** The chunk that is to be checked now; `null` for everything else. */
  take(object: ObjectInfo): ListedChunk | null {
    const kind = objectKind(object.key, this.#layout);
    if (kind.kind === "chunk") {
      const booked = this.book.keyOf(kind.chunk);
      if (booked === object.key) return null;
      if (booked === null) {
        this.book.add(object.key, kind.chunk, object.sizeBytes);
        this.#count(object);
        this.bytesToRead += object.sizeBytes;
        return { object, chunk: kind.chunk };
      }
    }
    if (kind.kind === "index") {
      if (this.#indexes.has(object.key)) return null;
      this.#indexes.set(object.key, { object, index: kind.index });
      this.#count(object);
      this.bytesToRead += object.sizeBytes;
      return null;
    }
    // The same chunk under a key of another form: Loki reads one form alone.
    const garbage = kind.kind === "unknown" || kind.kind === "chunk";
    if (this.#spill.addOther(object, garbage)) this.#count(object);
    return null;
  }

  hasChunk(key: string): boolean {
    const parsed = parseChunkKey(key)?.key;
    return parsed !== undefined && this.book.keyOf(parsed) === key;
  }

  /** An index file that is gone by now. */
  forgetIndex(key: string): void {
    const listed = this.#indexes.get(key);
    if (listed === undefined) return;
    this.#indexes.delete(key);
    this.objects -= 1;
    this.bytes -= listed.object.sizeBytes;
    this.bytesToRead -= listed.object.sizeBytes;
  }

  #count({ sizeBytes }: ObjectInfo): void {
    this.objects += 1;
    this.bytes += sizeBytes;
  }
}

/**
 * Every object below a prefix, in the listing's own order and with its repetitions. Throws `storage.listing-broken` for a listing
 * that goes round in circles.
 */
export async function* allObjects(
  store: ScannedStore,
  prefix: string,
  signal: AbortSignal,
): AsyncGenerator<ObjectInfo> {
  let token: string | null = null;
  let last = "";
  let without = 0;
  do {
    const request = token === null ? { prefix } : { prefix, token };
    // oxlint-disable-next-line no-await-in-loop -- a page names the next one
    const page = await store.list(request, signal);
    without += 1;
    for (const object of page.objects) {
      if (object.key > last) {
        last = object.key;
        without = 0;
      }
      yield object;
    }
    if (page.nextToken !== null && (page.nextToken === token || without > PAGES_WITHOUT_NEW)) {
      throw new AppError("storage.listing-broken", { store: store.title, problem: "the listing repeats itself" });
    }
    token = page.nextToken;
  } while (token !== null);
}
