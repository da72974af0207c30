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
  /** Whether the file itself is brought back: what it names is found again by it. */
  readonly isRestored: boolean;
}

/** What one index file names; it counts when it is settled. */
export interface FileReferences {
  take(batch: IndexedBatch): void;
  settle(): void;
}

interface Named {
  readonly chunk: ChunkKey;
  readonly labels: LabelSet;
  readonly entries: number;
}

/** Of an uploaded file and one tenant: how much of it is part of the tenant's compacted files, and what is to be brought back. */
interface Uploaded {
  named: number;
  compacted: number;
  readonly wanted: Named[];
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
  /** What the compacted files of the table in hand name. */
  #compacted = new ChunkBook();

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

  /** What the files of another table are compared with. */
  beginTable(): void {
    this.#compacted = new ChunkBook();
  }

  /** A compacted file's word always counts. Of a table, these come first. */
  compactedFile({ isRestored }: Naming): FileReferences {
    return {
      take: (batch) =>
        this.#visit(batch, (named) => {
          this.#compacted.add(formatChunkKey(named.chunk), named.chunk, 0);
          if (this.#isKnown(named, isRestored)) this.#want(named);
        }),
      settle: () => undefined,
    };
  }

  /**
   * An uploaded file's word counts, unless most of what it names of a tenant is part of the tenant's compacted files: then it was
   * compacted long ago, an ingester has uploaded it again, and what it names beyond was deleted on purpose since. One that was not
   * compacted has next to nothing in common with them.
   */
  uploadedFile({ isRestored }: Naming): FileReferences {
    const tenants = new Map<string, Uploaded>();
    return {
      take: (batch) =>
        this.#visit(batch, (named) => {
          const { tenant } = named.chunk;
          const own = tenants.get(tenant) ?? { named: 0, compacted: 0, wanted: [] };
          tenants.set(tenant, own);
          own.named += 1;
          if (this.#compacted.has(named.chunk)) own.compacted += 1;
          if (this.#isKnown(named, isRestored)) own.wanted.push(named);
        }),
      settle: () => {
        for (const { named, compacted, wanted } of tenants.values()) {
          const isOutdated = compacted * 2 > named;
          for (const each of wanted) {
            if (isOutdated) this.#outdated.add(formatChunkKey(each.chunk), each.chunk, 0);
            else this.#want(each);
          }
        }
      },
    };
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

  #visit(batch: IndexedBatch, onNamed: (named: Named) => void): void {
    let row = 0;
    for (const [at, { tenant, fingerprint, labels }] of batch.series.entries()) {
      const end = row + (batch.counts[at] ?? 0);
      if (!isTenantInScope(this.#scope, tenant)) row = end;
      for (; row < end; row += 1) {
        const fromMs = batch.fromMs[row] ?? 0;
        const throughMs = batch.throughMs[row] ?? 0;
        const chunk = { tenant, fingerprint, fromMs, throughMs, checksum: batch.checksum[row] ?? 0 };
        onNamed({ chunk, labels, entries: batch.entries[row] ?? 0 });
      }
    }
  }

  #isAbout(chunk: ChunkKey): boolean {
    const { targets } = this.#scope;
    if (!isChunkInScope(this.#scope, chunk)) return false;
    if (targets === null || targets.chunks.has(formatChunkKey(chunk))) return true;
    const key = this.#wanted.keyOf(chunk);
    return key !== null && targets.chunks.has(key);
  }

  /** Whether the chunk is not there and the source may have it. One that nobody has is lost. */
  #isKnown({ chunk, labels, entries }: Named, isRestored: boolean): boolean {
    if (this.#sound.markReferenced(chunk)) {
      if (isRestored && isChunkInScope(this.#scope, chunk)) this.#offer(chunk, labels, entries, null);
      return false;
    }
    if (!this.#isAbout(chunk)) return false;
    if (this.#wanted.has(chunk)) return true;
    this.#lost.add(chunk, labels);
    return false;
  }

  #want({ chunk, labels, entries }: Named): void {
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
