import type { LabelSet } from "../../../../src-shared/model/labels.ts";
import { formatChunkKey, type ChunkKey } from "../../common/loki-format/chunk-key.ts";
import { tableDayMs } from "../../common/loki-format/tsdb/index-key.ts";
import { readTsdbIndex, type TsdbIndexReading } from "../../common/loki-format/tsdb/read-tsdb-index.ts";
import type { ChunkBook } from "./chunk-book.ts";
import type { ObjectKind } from "./object-kind.ts";
import { INDEX_MAX_BYTES, unpackIndex } from "./unpack-index.ts";

type IndexObject = Extract<ObjectKind, { kind: "index" }>["index"];

/** A chunk that an index names and that is not there. */
export interface DanglingReference extends ChunkKey {
  readonly key: string;
  readonly labels: LabelSet;
  readonly kibibytes: number;
  readonly entries: number;
  /** Whether the compactor's own file names it, and not only what ingesters have uploaded again. */
  compacted: boolean;
  /** The first file that names it. */
  readonly index: string;
}

/** What the index says of a chunk that is there. */
export interface ReferencedChunk {
  readonly labels: LabelSet;
  readonly entries: number;
}

/** What was wrong with an index file. */
export interface BrokenIndex {
  readonly key: string;
  readonly index: IndexObject;
  readonly sizeBytes: number;
  /** `null` for one that did not unpack. */
  readonly reading: TsdbIndexReading | null;
  readonly problem: string;
}

/**
 * Goes through index files one by one and compares what they name with the chunks that there are. Chunks that are
 * damaged are described: labels and lines are known to the index alone.
 */
export class IndexPass {
  readonly #book: ChunkBook;
  readonly #maxBytes: number;
  readonly dangling = new Map<string, DanglingReference>();
  readonly described = new Map<string, ReferencedChunk>();
  readonly broken: BrokenIndex[] = [];
  /** Files of the same table and tenant with the same table of contents. */
  readonly duplicates: {
    readonly key: string;
    readonly of: string;
    readonly index: IndexObject;
    readonly sizeBytes: number;
  }[] = [];
  /** Tenants and days that a readable file speaks of: `<day> <tenant>`. */
  readonly covered = new Set<string>();
  readonly #seen = new Map<string, string>();
  #prefix = "index_";
  references = 0;

  constructor(book: ChunkBook, maxBytes: number = INDEX_MAX_BYTES) {
    this.#book = book;
    this.#maxBytes = maxBytes;
  }

  /** The table of a day, named as the other tables are. */
  tableOf(day: number): string {
    return `${this.#prefix}${day}`;
  }

  /** `packed` is the object as it is in the bucket. */
  take(key: string, index: IndexObject, packed: Uint8Array): void {
    this.#prefix = index.table.replace(/\d+$/, "");
    const { bytes, problem } = unpackIndex(packed, this.#maxBytes);
    if (bytes === null) {
      this.broken.push({ key, index, sizeBytes: packed.length, reading: null, problem });
      return;
    }
    const day = (tableDayMs(index.table) ?? 0) / 86_400_000;
    const reading = readTsdbIndex(bytes, index, ({ tenant, fingerprint, labels, chunks }) => {
      this.covered.add(`${day} ${tenant}`);
      for (let at = 0; at < chunks.count; at += 1) {
        const fromMs = chunks.fromMs[at] ?? 0;
        const throughMs = chunks.throughMs[at] ?? 0;
        const named = { tenant, fingerprint, fromMs, throughMs, checksum: chunks.checksum[at] ?? 0 };
        const entries = chunks.entries[at] ?? 0;
        this.references += 1;
        if (this.#book.markReferenced(named)) {
          if (!this.#book.isDamaged(named)) continue;
          const booked = this.#book.keyOf(named);
          if (booked !== null && !this.described.has(booked)) this.described.set(booked, { labels, entries });
          continue;
        }
        const chunk = formatChunkKey(named);
        const known = this.dangling.get(chunk);
        if (known === undefined) {
          const kibibytes = chunks.kibibytes[at] ?? 0;
          const compacted = index.kind === "compacted";
          this.dangling.set(chunk, {
            ...named,
            key: chunk,
            labels,
            kibibytes,
            entries,
            compacted,
            index: key,
          });
        } else known.compacted ||= index.kind === "compacted";
      }
    });
    if (index.kind === "compacted" && reading.toc !== null) this.covered.add(`${day} ${index.tenant}`);
    if (reading.findings.length > 0) {
      this.broken.push({ key, index, sizeBytes: packed.length, reading, problem: "" });
    } else if (index.kind === "compacted" && reading.toc !== null) {
      const identity = `${index.table}/${index.tenant}/${reading.toc.checksum}/${bytes.length}`;
      const before = this.#seen.get(identity);
      if (before === undefined) this.#seen.set(identity, key);
      else this.duplicates.push({ key, of: before, index, sizeBytes: packed.length });
    }
  }
}
