import { AppError } from "../../../../src-shared/errors/app-error.ts";
import type { ObjectInfo, ObjectStore } from "../object-store.ts";
import { ChunkBook } from "./chunk-book.ts";
import type { ListedChunk } from "./chunk-checker.ts";
import { objectKind, type BucketLayout, type ObjectKind } from "./object-kind.ts";

/** A store may answer pages with nothing in them, but not for ever. */
const PAGES_WITHOUT_NEW = 1_000;

/** What a listing told, sorted by what the keys say; a key that it repeats counts once. */
export class Inventory {
  readonly #layout: BucketLayout;
  /** Keys of all that are not in the book. */
  readonly #others = new Set<string>();
  readonly book = new ChunkBook();
  readonly indexes: {
    readonly object: ObjectInfo;
    readonly index: Extract<ObjectKind, { kind: "index" }>["index"];
  }[] = [];
  readonly garbage: ObjectInfo[] = [];
  objects = 0;
  bytes = 0;

  constructor(layout: BucketLayout) {
    this.#layout = layout;
  }

  /** The chunk that is to be checked now; `null` for everything else. */
  take(object: ObjectInfo): ListedChunk | null {
    const kind = objectKind(object.key, this.#layout);
    const booked = kind.kind === "chunk" ? this.book.keyOf(kind.chunk) : null;
    if (booked === object.key || this.#others.has(object.key)) return null;
    this.objects += 1;
    this.bytes += object.sizeBytes;
    if (kind.kind === "chunk" && booked === null) {
      this.book.add(object.key, kind.chunk, object.sizeBytes);
      return { object, chunk: kind.chunk };
    }
    this.#others.add(object.key);
    if (kind.kind === "index") this.indexes.push({ object, index: kind.index });
    // The same chunk under a key of another form: Loki reads one form alone.
    else if (kind.kind === "unknown" || kind.kind === "chunk") this.garbage.push(object);
    return null;
  }
}

/**
 * Every object of a store, in the listing's own order and with its repetitions. Throws `storage.failed` for a listing that goes
 * round in circles.
 */
export async function* allObjects(store: ObjectStore, signal: AbortSignal): AsyncGenerator<ObjectInfo> {
  let token: string | null = null;
  let last = "";
  let without = 0;
  do {
    const request = token === null ? { prefix: "" } : { prefix: "", token };
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
      throw new AppError("storage.failed", { store: store.title, problem: "the listing repeats itself" });
    }
    token = page.nextToken;
  } while (token !== null);
}
