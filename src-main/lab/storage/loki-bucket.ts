import { randomUUID } from "node:crypto";
import type { Clock } from "../../core/common/clock.ts";
import { goRfc3339Nano } from "../format/go-text.ts";
import type { BucketSet } from "../s3/bucket-set.ts";
import type { LabBucket } from "../s3/lab-bucket.ts";
import { LOKI_BUCKET } from "../s3/lab-buckets.ts";
import { BLOCK_MS } from "../traffic/generated-stream.ts";
import type { BucketStream } from "./bucket-streams.ts";
import { type IndexedChunk, type IndexPlan, planIndex, planUploads, seriesOf } from "./index-files.ts";

/** So long after its last line a chunk is in the bucket: `chunk_idle_period`, as the lab's Loki counts as well. */
const FLUSH_AFTER_MS = 30 * 60_000;
/** How long the lab's thread works without a pause. */
const PIECE_MS = 10;

/** A chunk that was written to the bucket, as it was then. */
export interface WrittenChunk extends IndexedChunk {
  readonly key: string;
  readonly bytes: Buffer;
  readonly firstBlock: number;
  readonly endBlock: number;
}

/** An index file that was written, as it was then. */
export interface WrittenIndex {
  readonly key: string;
  readonly bytes: Buffer;
  readonly table: string;
  readonly tenant: string | null;
  readonly chunks: readonly WrittenChunk[];
}

export interface LokiBucketParts {
  readonly buckets: BucketSet;
  readonly clock: Clock;
  readonly streams: readonly BucketStream[];
}

/**
 * What the lab's ingesters and compactor have put into the bucket: chunks and index files in Loki's formats. It is written
 * when somebody looks, in pieces, so that a lab whose bucket nobody asks for costs nothing.
 */
export class LokiBucket {
  readonly #parts: LokiBucketParts;
  readonly #nextBlock = new Map<BucketStream, number>();
  readonly #chunks: WrittenChunk[] = [];
  readonly #indexes: WrittenIndex[] = [];
  /** By tenant and stream, then by five minutes of it. */
  readonly #byBlock = new Map<string, Map<number, WrittenChunk>>();
  readonly #indexesOf = new Map<WrittenChunk, WrittenIndex[]>();
  #running: Promise<void> | null = null;
  #filled = false;
  #closed = false;
  #files = 0;

  constructor(parts: LokiBucketParts) {
    this.#parts = parts;
    for (const stream of parts.streams) {
      const since = Math.ceil(stream.sinceMs / BLOCK_MS);
      const number = Math.ceil((since - stream.phase) / stream.blocks);
      this.#nextBlock.set(stream, number * stream.blocks + stream.phase);
    }
  }

  get chunks(): readonly WrittenChunk[] {
    return this.#chunks;
  }

  get indexes(): readonly WrittenIndex[] {
    return this.#indexes;
  }

  /** `null` where somebody has deleted the bucket. */
  bucket(): LabBucket | null {
    return this.#parts.buckets.list().find(({ name }) => name === LOKI_BUCKET) ?? null;
  }

  /** Writes what the ingesters would have flushed by now. */
  settle(): Promise<void> {
    this.#running ??= this.#advance().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  /** Ends a filling that is under way. */
  close(): void {
    this.#closed = true;
  }

  /** Whether the store can no longer give a stream's lines of these five minutes: its chunk is not what it was, or no index names it. */
  lost(tenant: string, labelText: string, block: number): boolean {
    const chunk = this.#byBlock.get(`${tenant}/${labelText}`)?.get(block);
    if (chunk === undefined) return false;
    const bucket = this.bucket();
    if (bucket === null || !isWhole(bucket, chunk)) return true;
    return !(this.#indexesOf.get(chunk) ?? []).some((index) => isWhole(bucket, index));
  }

  async #advance(): Promise<void> {
    const nowMs = Math.floor(this.#parts.clock.nowMs());
    const due = this.#parts.streams
      .flatMap((stream) => this.#dueOf(stream, nowMs))
      .toSorted((a, b) => a.flushedMs - b.flushedMs);
    if (due.length === 0 && this.#filled) return;
    const [{ spanChunk }, { buildTsdbIndex }] = await Promise.all([
      import("./span-chunk.ts"),
      import("./tsdb-index.ts"),
    ]);
    const flushed: WrittenChunk[] = [];
    let sinceMs = performance.now();
    for (const { stream, firstBlock, endBlock, flushedMs } of due) {
      const bucket = this.bucket();
      const { held } = this.#parts.buckets;
      if (this.#closed || bucket === null || held.bytes > held.maxBytes / 2) break;
      const made = spanChunk(stream, firstBlock, endBlock);
      this.#nextBlock.set(stream, endBlock);
      if (made !== null) {
        const { built, entries } = made;
        const { fromMs, throughMs, checksum } = built.key;
        const kibibytes = Math.round(built.plainBytes / 1_024);
        const { tenant, ingester } = stream;
        const { labels, labelText } = stream.stream;
        bucket.put(built.name, { bytes: built.bytes, modifiedMs: flushedMs });
        const times = { fromMs, throughMs, flushedMs, firstBlock, endBlock };
        const own = { tenant, labels, labelText, ingester, checksum, kibibytes, entries };
        flushed.push({ ...own, ...times, key: built.name, bytes: built.bytes });
      }
      if (performance.now() - sinceMs < PIECE_MS) continue;
      // oxlint-disable-next-line no-await-in-loop -- the pause is what it is for
      await new Promise((resolve) => setImmediate(resolve));
      sinceMs = performance.now();
    }
    this.#index(flushed, nowMs, buildTsdbIndex);
  }

  #dueOf(stream: BucketStream, nowMs: number) {
    const due = [];
    for (let firstBlock = this.#nextBlock.get(stream) ?? 0; ; firstBlock += stream.blocks) {
      const endBlock = firstBlock + stream.blocks;
      const flushedMs = endBlock * BLOCK_MS + FLUSH_AFTER_MS;
      if (flushedMs > nowMs) return due;
      due.push({ stream, firstBlock, endBlock, flushedMs });
    }
  }

  /** Writes the index of chunks that were flushed; a chunk is never without one for anybody who looks. */
  #index(
    flushed: readonly WrittenChunk[],
    nowMs: number,
    build: typeof import("./tsdb-index.ts").buildTsdbIndex,
  ): void {
    const bucket = this.bucket();
    if (bucket === null) return;
    if (!this.#filled) putClusterSeed(bucket, nowMs);
    const plans = this.#filled ? planUploads(flushed, nowMs) : planIndex(flushed, nowMs);
    this.#filled = true;
    for (const plan of plans) {
      const { key, bytes } = this.#indexFile(plan, build);
      bucket.put(key, { bytes, modifiedMs: plan.writtenMs });
      const written = { key, bytes, table: plan.table, tenant: plan.tenant, chunks: plan.chunks };
      this.#indexes.push(written);
      for (const chunk of plan.chunks) this.#indexesOf.set(chunk, [...(this.#indexesOf.get(chunk) ?? []), written]);
    }
    for (const chunk of flushed) {
      this.#chunks.push(chunk);
      const name = `${chunk.tenant}/${chunk.labelText}`;
      const blocks = this.#byBlock.get(name) ?? new Map<number, WrittenChunk>();
      this.#byBlock.set(name, blocks);
      for (let block = chunk.firstBlock; block < chunk.endBlock; block += 1) blocks.set(block, chunk);
    }
  }

  #indexFile(
    { table, tenant, ingester, writtenMs, chunks }: IndexPlan<WrittenChunk>,
    build: typeof import("./tsdb-index.ts").buildTsdbIndex,
  ): { key: string; bytes: Buffer } {
    const series = seriesOf(chunks, tenant === null);
    const built = build({ tenant: tenant ?? "", table, createdMs: writtenMs, series, version: 3 });
    this.#files += 1;
    // A date in nanoseconds is beyond what a number holds exactly.
    const nanos = `${writtenMs}${String(this.#files % 1_000_000).padStart(6, "0")}`;
    if (tenant === null) {
      const seconds = Math.floor(writtenMs / 1_000);
      return { key: `index/${table}/${seconds}-${ingester}-${nanos}.tsdb.gz`, bytes: built.bytes };
    }
    const name = built.name.replace(/^\d+/, nanos);
    return { key: `index/${table}/${tenant}/${name}`, bytes: built.bytes };
  }
}

/** Whether an object still is what was written. */
function isWhole(bucket: LabBucket, { key, bytes }: { readonly key: string; readonly bytes: Buffer }): boolean {
  const latest = bucket.latest(key)?.bytes ?? null;
  return latest !== null && (latest === bytes || latest.equals(bytes));
}

/** What every Loki leaves at the bucket's root. */
function putClusterSeed(bucket: LabBucket, nowMs: number): void {
  const seed = {
    UID: randomUUID(),
    created_at: goRfc3339Nano(BigInt(nowMs - 86_400_000) * 1_000_000n),
    version: { version: "3.7.6", revision: "", branch: "release-3.7.x", buildUser: "", buildDate: "", goVersion: "" },
  };
  bucket.put("loki_cluster_seed.json", { bytes: Buffer.from(JSON.stringify(seed)), modifiedMs: nowMs - 86_400_000 });
}
