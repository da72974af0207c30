import { formatChunkKey } from "../../../common/loki-format/chunk-key.ts";
import { ChunkBook } from "../../integrity/chunk-book.ts";
import { objectKind, type BucketLayout } from "../../integrity/object-kind.ts";
import type { ObjectStore } from "../../object-store.ts";
import type { IndexedBatch } from "../plan/index-protocol.ts";
import type { PlannedRestore } from "../planned-restore.ts";

/** All chunks that stand in a bucket now; a million take some 60 MB. */
export async function chunksThere(store: ObjectStore, layout: BucketLayout, signal: AbortSignal): Promise<ChunkBook> {
  const book = new ChunkBook();
  for (let token: string | null = null; ;) {
    const page = await store.list({ prefix: "", ...(token === null ? {} : { token }) }, signal);
    for (const { key, sizeBytes } of page.objects) {
      const kind = objectKind(key, layout);
      if (kind.kind === "chunk") book.add(key, kind.chunk, sizeBytes);
    }
    if (page.nextToken === null || page.nextToken === token) return book;
    token = page.nextToken;
  }
}

/** Chunks that the plan brings back and that are not there whole: those that failed, and those that went again since. */
export async function chunksNotBack(
  planned: PlannedRestore,
  layout: BucketLayout,
  there: ChunkBook,
  failed: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const notBack = new Set(failed);
  for await (const { key, kind } of planned.items(0, signal)) {
    if (kind === "index") break;
    const named = objectKind(key, layout);
    if (named.kind === "chunk" && !there.has(named.chunk)) notBack.add(key);
  }
  return notBack;
}

/**
 * What index files name, held against what is there. Loki stumbles over a name without a chunk; what was not there when the plan
 * was made, and is not in it, the plan counts as lost.
 */
export class NamedChunks {
  readonly #there: ChunkBook;
  readonly #notBack: ReadonlySet<string>;
  /** The first that should be there and is not. */
  hindrance: string | null = null;
  /** Names of chunks that nobody has. */
  lost = 0;

  constructor(there: ChunkBook, notBack: ReadonlySet<string>) {
    this.#there = there;
    this.#notBack = notBack;
  }

  take({ series, counts, fromMs, throughMs, checksum }: IndexedBatch): void {
    let row = 0;
    for (const [at, { tenant, fingerprint }] of series.entries()) {
      for (const end = row + (counts[at] ?? 0); row < end; row += 1) {
        const chunk = {
          tenant,
          fingerprint,
          fromMs: fromMs[row] ?? 0,
          throughMs: throughMs[row] ?? 0,
          checksum: checksum[row] ?? 0,
        };
        const present = this.#there.keyOf(chunk);
        const key = present ?? formatChunkKey(chunk);
        if (this.#notBack.has(key)) this.hindrance ??= key;
        else if (present === null) this.lost += 1;
      }
    }
  }
}
