import { gunzipSync } from "node:zlib";
import type { LabelSet } from "../../../../src-shared/model/labels.ts";
import { formatChunkKey, type ChunkKey } from "../../common/loki-format/chunk-key.ts";
import { tableDayMs } from "../../common/loki-format/tsdb/index-key.ts";
import { readTsdbIndex, type TsdbIndexReading } from "../../common/loki-format/tsdb/read-tsdb-index.ts";
import type { ChunkBook } from "./chunk-book.ts";
import type { ObjectKind } from "./object-kind.ts";

type IndexObject = Extract<ObjectKind, { kind: "index" }>["index"];

/** An index file unpacks to some hundred megabytes; Loki holds it in memory as well. */
export const INDEX_MAX_BYTES = 2 * 2 ** 30;
/** Index files pack five to tenfold, gzip at most a thousandfold: what is between is no index. */
const MAX_RATIO = 100;
const SMALL_BYTES = 16 * 2 ** 20;

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
    const { bytes, problem } = unpacked(packed, this.#maxBytes);
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
          const key = this.#book.keyOf(named);
          if (key !== null && !this.described.has(key)) this.described.set(key, { labels, entries });
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

/** Never makes more than the limit, nor more than an index file of this size can have. */
function unpacked(
  packed: Uint8Array,
  maxBytes: number,
): { readonly bytes: Uint8Array | null; readonly problem: string } {
  // Old compactors left files unpacked.
  if (packed[0] !== 0x1f || packed[1] !== 0x8b) {
    return packed[0] === 0xba ? { bytes: packed, problem: "" } : { bytes: null, problem: "not gzip" };
  }
  const most = Math.min(maxBytes, Math.max(SMALL_BYTES, packed.length * MAX_RATIO));
  try {
    return { bytes: gunzipSync(packed, { maxOutputLength: most }), problem: "" };
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE") {
      return { bytes: null, problem: `unpacks to more than ${most} bytes` };
    }
    return { bytes: null, problem: error instanceof Error ? error.message.slice(0, 200) : "gzip" };
  }
}
