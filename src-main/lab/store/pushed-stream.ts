import type { LabelSet } from "../../../src-shared/model/labels.ts";
import { mix } from "../traffic/seeded-random.ts";
import { ChunkBuilder, metadataPiece } from "./chunk-builder.ts";
import type { StoredEntry } from "./entry.ts";
import type { EntryChunk } from "./entry-chunk.ts";
import { type ChunkRef, type LabStream, streamIdentity } from "./stream.ts";

const SEAL_ENTRIES = 2_000;
const SEAL_BYTES = 1024 * 1024;

interface SealedChunk {
  readonly chunk: EntryChunk;
  readonly sequence: number;
  readonly flushed: boolean;
}

/**
 * A stream that somebody pushed. New entries gather in a head, sorted, exact duplicates dropped as Loki's head block does;
 * a full head is sealed. An entry older than the newest sealed chunk opens the chunk it belongs to again: rare, and it
 * keeps chunks apart, which reading relies on.
 */
export class PushedStream implements LabStream {
  readonly labels: LabelSet;
  readonly labelText: string;
  readonly hash: bigint;
  private readonly sealed: SealedChunk[] = [];
  private head: StoredEntry[] = [];
  private headBytes = 0;
  private headChunk: EntryChunk | null = null;
  private sealedBytes = 0;
  private nextSequence = 1;

  constructor(labels: LabelSet) {
    const identity = streamIdentity(labels);
    this.labels = identity.labels;
    this.labelText = identity.labelText;
    this.hash = identity.hash;
  }

  get sizeBytes(): number {
    return this.sealedBytes + this.headBytes;
  }

  get empty(): boolean {
    return this.sealed.length === 0 && this.head.length === 0;
  }

  /** The time of its newest entry; `null` for an empty stream. */
  newestNs(): bigint | null {
    const last = this.head.at(-1);
    if (last !== undefined) return last.timestampNs;
    const chunk = this.sealed.at(-1)?.chunk;
    return chunk === undefined ? null : chunk.timestampAt(chunk.count - 1);
  }

  oldestNs(): bigint | null {
    const chunk = this.sealed[0]?.chunk;
    return chunk === undefined ? (this.head[0]?.timestampNs ?? null) : chunk.timestampAt(0);
  }

  /** Stores an entry in its place; false when the very same entry is there already. */
  append(entry: StoredEntry): boolean {
    const boundary = this.sealed.at(-1)?.chunk;
    if (boundary !== undefined && entry.timestampNs < boundary.timestampAt(boundary.count - 1))
      this.reopenFor(entry.timestampNs);
    const at = insertionPoint(this.head, entry.timestampNs);
    for (let index = at - 1; index >= 0; index -= 1) {
      const other = this.head[index];
      if (other === undefined || other.timestampNs !== entry.timestampNs) break;
      if (other.line === entry.line && metadataPiece(other.metadata) === metadataPiece(entry.metadata)) return false;
    }
    if (this.duplicatesBoundary(entry)) return false;
    this.head.splice(at, 0, entry);
    this.headBytes += entry.line.length + 64;
    this.headChunk = null;
    if (this.head.length >= SEAL_ENTRIES || this.headBytes >= SEAL_BYTES) this.seal();
    return true;
  }

  /** Adds a chunk made elsewhere; it must begin after everything that is here. For seeding in bulk. */
  appendChunk(chunk: EntryChunk): void {
    this.seal();
    this.addSealed(chunk);
  }

  /** Moves the head to the object store, as `POST /flush` does. */
  flush(): void {
    this.seal();
    for (const [index, each] of this.sealed.entries()) this.sealed[index] = { ...each, flushed: true };
  }

  /** Drops its oldest sealed chunk; false when it has none. */
  dropOldest(): boolean {
    const oldest = this.sealed.shift();
    if (oldest === undefined) return false;
    this.sealedBytes -= oldest.chunk.sizeBytes;
    return true;
  }

  chunks(startNs: bigint, endNs: bigint): readonly ChunkRef[] {
    const refs: ChunkRef[] = [];
    for (const { chunk, sequence, flushed } of this.sealed) refs.push(this.refOf(chunk, sequence, flushed));
    if (this.head.length > 0) refs.push(this.refOf(this.openHead(), this.nextSequence, false));
    return refs.filter((ref) => ref.startNs < endNs && ref.throughNs >= startNs);
  }

  private refOf(chunk: EntryChunk, sequence: number, flushed: boolean): ChunkRef {
    const bytes = chunk.rawBytes(0, chunk.count).line;
    return {
      startNs: chunk.timestampAt(0),
      throughNs: chunk.timestampAt(chunk.count - 1),
      entries: chunk.count,
      sizeBytes: flushed ? Math.ceil(bytes / 1024) * 1024 : bytes,
      checksum: mix(Number(this.hash & 0xffffffffn), sequence),
      flushed,
      open: () => chunk,
    };
  }

  private openHead(): EntryChunk {
    this.headChunk ??= buildChunk(this.head);
    return this.headChunk;
  }

  private duplicatesBoundary(entry: StoredEntry): boolean {
    const chunk = this.sealed.at(-1)?.chunk;
    if (chunk === undefined) return false;
    for (let index = chunk.count - 1; index >= 0 && chunk.timestampAt(index) === entry.timestampNs; index -= 1) {
      if (chunk.lineAt(index) === entry.line && chunk.metadataKey(index) === latin1(metadataPiece(entry.metadata)))
        return true;
    }
    return false;
  }

  private reopenFor(timestampNs: bigint): void {
    while (this.sealed.length > 0) {
      const last = this.sealed.at(-1)?.chunk;
      if (last === undefined || last.timestampAt(last.count - 1) <= timestampNs) return;
      this.sealed.pop();
      this.sealedBytes -= last.sizeBytes;
      this.head = [...Array.from({ length: last.count }, (_, index) => last.entryAt(index)), ...this.head];
      this.headBytes += last.bytes.length;
      this.headChunk = null;
    }
  }

  private seal(): void {
    if (this.head.length === 0) return;
    this.addSealed(this.openHead());
    this.head = [];
    this.headBytes = 0;
    this.headChunk = null;
  }

  private addSealed(chunk: EntryChunk): void {
    this.sealed.push({ chunk, sequence: this.nextSequence, flushed: true });
    this.nextSequence += 1;
    this.sealedBytes += chunk.sizeBytes;
  }
}

function insertionPoint(entries: readonly StoredEntry[], timestampNs: bigint): number {
  const last = entries.at(-1);
  if (last === undefined || last.timestampNs <= timestampNs) return entries.length;
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((entries[middle]?.timestampNs ?? 0n) <= timestampNs) low = middle + 1;
    else high = middle;
  }
  return low;
}

function buildChunk(entries: readonly StoredEntry[]): EntryChunk {
  const builder = new ChunkBuilder(entries.length * 200 + 256);
  for (const entry of entries) builder.append(entry.timestampNs, entry.line, entry.metadata);
  return builder.build();
}

function latin1(text: string): string {
  return Buffer.from(text).toString("latin1");
}
