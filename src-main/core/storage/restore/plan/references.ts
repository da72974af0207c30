import type { LabelSet } from "../../../../../src-shared/model/labels.ts";
import { formatChunkKey, type ChunkKey } from "../../../common/loki-format/chunk-key.ts";
import { ChunkBook } from "../../integrity/chunk-book.ts";
import type { CanaryBook } from "./canary-book.ts";
import type { IndexedBatch } from "./index-protocol.ts";
import type { LostLedger } from "./lost-ledger.ts";
import { isChunkInScope, isTenantInScope, type PlanScope } from "./restore-scope.ts";

/** Streams whose labels are remembered until it is known whether their chunks are lost. */
const MOST_STREAMS = 100_000;

/** How an index file names its chunks. */
export interface Naming {
  /**
   * Whether what the file says of a tenant still counts. An uploaded file that was compacted long ago, and that an ingester has
   * uploaded again, also names chunks that were deleted on purpose since.
   */
  readonly counts: (tenant: string) => boolean;
  /** Whether the file itself is brought back: what it names is found again by it. */
  readonly isRestored: boolean;
}

/** What index files name, against what is there and what may be brought back. */
export class References {
  readonly #scope: PlanScope;
  readonly #sound: ChunkBook;
  readonly #wanted: ChunkBook;
  readonly #lost: LostLedger;
  readonly #canaries: CanaryBook;
  /** Chunks that only files name that no longer count. */
  readonly #outdated = new ChunkBook();
  readonly #labels = new Map<string, LabelSet>();

  constructor(options: {
    readonly scope: PlanScope;
    /** Chunk objects that are there and whole. */
    readonly sound: ChunkBook;
    /** Chunk objects that are not, and that the source may have. */
    readonly wanted: ChunkBook;
    readonly lost: LostLedger;
    readonly canaries: CanaryBook;
  }) {
    this.#scope = options.scope;
    this.#sound = options.sound;
    this.#wanted = options.wanted;
    this.#lost = options.lost;
    this.#canaries = options.canaries;
  }

  take(batch: IndexedBatch, naming: Naming): void {
    let row = 0;
    for (const [at, { tenant, fingerprint, labels }] of batch.series.entries()) {
      const end = row + (batch.counts[at] ?? 0);
      if (!isTenantInScope(this.#scope, tenant)) {
        row = end;
        continue;
      }
      const counts = naming.counts(tenant);
      for (; row < end; row += 1) {
        const fromMs = batch.fromMs[row] ?? 0;
        const throughMs = batch.throughMs[row] ?? 0;
        const chunk = { tenant, fingerprint, fromMs, throughMs, checksum: batch.checksum[row] ?? 0 };
        if (this.#isAbout(chunk)) this.#name(chunk, labels, batch.entries[row] ?? 0, counts, naming.isRestored);
      }
    }
  }

  /** Labels of a chunk's stream, where an index has told them. */
  labelsOf({ tenant, fingerprint }: ChunkKey): LabelSet | null {
    return this.#labels.get(`${fingerprint} ${tenant}`) ?? null;
  }

  isNamed(chunk: ChunkKey): boolean {
    return this.#wanted.isReferenced(chunk);
  }

  /** Whether it is named by files alone that no longer count: somebody deleted it on purpose. */
  isOutdated(chunk: ChunkKey): boolean {
    return this.#outdated.has(chunk) && !this.isNamed(chunk);
  }

  #isAbout(chunk: ChunkKey): boolean {
    const { targets } = this.#scope;
    if (!isChunkInScope(this.#scope, chunk)) return false;
    if (targets === null || targets.chunks.has(formatChunkKey(chunk))) return true;
    const key = this.#wanted.keyOf(chunk);
    return key !== null && targets.chunks.has(key);
  }

  #name(chunk: ChunkKey, labels: LabelSet, entries: number, counts: boolean, isRestored: boolean): void {
    if (this.#sound.markReferenced(chunk)) {
      if (isRestored) this.#offer(chunk, labels, entries, null);
      return;
    }
    if (!this.#wanted.has(chunk)) {
      this.#lost.add(chunk, labels);
      return;
    }
    if (!counts) {
      this.#outdated.add(formatChunkKey(chunk), chunk, 0);
      return;
    }
    this.#wanted.markReferenced(chunk);
    if (this.#labels.size < MOST_STREAMS) this.#labels.set(`${chunk.fingerprint} ${chunk.tenant}`, labels);
    this.#offer(chunk, labels, entries, this.#wanted.keyOf(chunk));
  }

  #offer({ tenant, fromMs, throughMs }: ChunkKey, labels: LabelSet, entries: number, key: string | null): void {
    if (this.#canaries.wants(tenant, fromMs)) {
      this.#canaries.offer({ tenant, labels, fromMs, throughMs, entries, key });
    }
  }
}
