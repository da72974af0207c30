import { crc32c } from "@node-rs/crc32";
import type { LabelSet } from "../../../../src-shared/model/labels.ts";
import type { ChunkKey } from "../../common/loki-format/chunk-key.ts";
import { tableDayMs } from "../../common/loki-format/tsdb/index-key.ts";
import { readTsdbIndex, type TsdbIndexReading } from "../../common/loki-format/tsdb/read-tsdb-index.ts";
import type { ChunkBook } from "./chunk-book.ts";
import type { ObjectKind } from "./object-kind.ts";
import { ScanSpill } from "./scan-spill.ts";
import { INDEX_MAX_BYTES, unpackIndex } from "./unpack-index.ts";

type IndexObject = Extract<ObjectKind, { kind: "index" }>["index"];

const DAY_MS = 86_400_000;

/** What was wrong with an index file. */
export interface BrokenIndex {
  readonly key: string;
  readonly index: IndexObject;
  readonly sizeBytes: number;
  /** `null` for one that did not unpack. */
  readonly reading: TsdbIndexReading | null;
  readonly problem: string;
}

export interface IndexPassOptions {
  /** Of one index file, unpacked. */
  readonly maxBytes?: number;
  readonly spill?: ScanSpill;
  /** Which of the chunks that are named and not there are remembered; all of them without. */
  readonly concerns?: (chunk: ChunkKey) => boolean;
}

/**
 * Goes through index files one by one and compares what they name with the chunks that there are. Chunks that are
 * damaged are described: labels and lines are known to the index alone.
 */
export class IndexPass {
  readonly #book: ChunkBook;
  readonly #maxBytes: number;
  readonly #concerns: (chunk: ChunkKey) => boolean;
  readonly spill: ScanSpill;
  readonly broken: BrokenIndex[] = [];
  /** Files of the same table and tenant, or ingester, with the same bytes. */
  readonly duplicates: {
    readonly key: string;
    readonly of: string;
    readonly index: IndexObject;
    readonly sizeBytes: number;
  }[] = [];
  /** Tenants and days that a readable file speaks of: `<day> <tenant>`. */
  readonly covered = new Set<string>();
  /** Of files that could not be looked into: `<day> <tenant>`, or `<day> *` for any. What they name nobody knows. */
  readonly unread = new Set<string>();
  /** Labels of streams that somebody wants to know: `<tenant> <fingerprint>`. */
  readonly wanted = new Map<string, LabelSet | null>();
  readonly #seen = new Map<string, string>();
  #prefix = "index_";
  references = 0;

  constructor(book: ChunkBook, options: IndexPassOptions = {}) {
    this.#book = book;
    this.#maxBytes = options.maxBytes ?? INDEX_MAX_BYTES;
    this.#concerns = options.concerns ?? (() => true);
    this.spill = options.spill ?? new ScanSpill();
  }

  /** The table of a day, named as the other tables are. */
  tableOf(day: number): string {
    return `${this.#prefix}${day}`;
  }

  want({ tenant, fingerprint }: Pick<ChunkKey, "tenant" | "fingerprint">): void {
    this.wanted.set(streamId(tenant, fingerprint), null);
  }

  /** What any index says of a stream that was wanted. */
  labelsOf(tenant: string, fingerprint: bigint): LabelSet | null {
    return this.wanted.get(streamId(tenant, fingerprint)) ?? null;
  }

  /** A file that changed while it was read, or that the store did not give. */
  passOver(index: IndexObject): void {
    const day = (tableDayMs(index.table) ?? 0) / DAY_MS;
    this.unread.add(index.kind === "compacted" ? `${day} ${index.tenant}` : `${day} *`);
  }

  isUnread(day: number, tenant: string): boolean {
    return this.unread.size > 0 && (this.unread.has(`${day} ${tenant}`) || this.unread.has(`${day} *`));
  }

  /** `packed` is the object as it is in the bucket. */
  take(key: string, index: IndexObject, packed: Uint8Array): void {
    this.#prefix = index.table.replace(/\d+$/, "");
    const { bytes, problem } = unpackIndex(packed, this.#maxBytes);
    if (bytes === null) {
      this.broken.push({ key, index, sizeBytes: packed.length, reading: null, problem });
      return;
    }
    const day = (tableDayMs(index.table) ?? 0) / DAY_MS;
    const compacted = index.kind === "compacted";
    const reading = readTsdbIndex(bytes, index, ({ tenant, fingerprint, labels, chunks }) => {
      this.covered.add(`${day} ${tenant}`);
      this.#answerWanted(tenant, fingerprint, labels);
      let series = -1;
      for (let at = 0; at < chunks.count; at += 1) {
        const fromMs = chunks.fromMs[at] ?? 0;
        const throughMs = chunks.throughMs[at] ?? 0;
        const named = { tenant, fingerprint, fromMs, throughMs, checksum: chunks.checksum[at] ?? 0 };
        const entries = chunks.entries[at] ?? 0;
        this.references += 1;
        if (this.#book.markReferenced(named)) {
          if (!this.#book.isDamaged(named)) continue;
          const booked = this.#book.keyOf(named);
          if (booked !== null) this.spill.describe(booked, { labels, entries });
          continue;
        }
        if (!this.#concerns(named)) continue;
        if (series < 0) series = this.spill.addSeries(labels);
        const kibibytes = chunks.kibibytes[at] ?? 0;
        this.spill.addDangling(named, series, { kibibytes, entries, compacted, index: key });
      }
    });
    if (compacted && reading.toc !== null) this.covered.add(`${day} ${index.tenant}`);
    if (reading.findings.length > 0) {
      this.broken.push({ key, index, sizeBytes: packed.length, reading, problem: "" });
    } else if (reading.toc !== null) {
      // Ingesters that hold the same streams may well upload the same index; one of them has no reason to do so twice.
      const owner = index.kind === "compacted" ? index.tenant : `* ${index.uploader}`;
      const identity = `${index.table}/${owner}/${crc32c(bytes)}/${bytes.length}`;
      const before = this.#seen.get(identity);
      if (before === undefined) this.#seen.set(identity, key);
      else this.duplicates.push({ key, of: before, index, sizeBytes: packed.length });
    }
  }

  #answerWanted(tenant: string, fingerprint: bigint, labels: LabelSet): void {
    if (this.wanted.size === 0) return;
    const id = streamId(tenant, fingerprint);
    if (this.wanted.get(id) === null) this.wanted.set(id, labels);
  }
}

function streamId(tenant: string, fingerprint: bigint): string {
  return `${tenant} ${fingerprint.toString(16)}`;
}
