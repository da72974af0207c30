import type { EntryChunk } from "./entry-chunk.ts";
import type { ChunkRef, LabStream } from "./stream.ts";

/** Which chunks a read leaves out, as damaged ones are left out by Loki; `() => false` for a healthy store. */
export type ChunkLoss = (ref: ChunkRef, stream: LabStream) => boolean;

/** What a read touched, for the answer's `stats`. */
export interface ReadTally {
  storeChunkRefs: number;
  storeEntries: number;
  storeLineBytes: number;
  storeMetadataBytes: number;
  headChunks: number;
  headEntries: number;
  headLineBytes: number;
  headMetadataBytes: number;
  streams: number;
}

export function emptyTally(): ReadTally {
  return {
    storeChunkRefs: 0,
    storeEntries: 0,
    storeLineBytes: 0,
    storeMetadataBytes: 0,
    headChunks: 0,
    headEntries: 0,
    headLineBytes: 0,
    headMetadataBytes: 0,
    streams: 0,
  };
}

export interface MergeOptions {
  readonly streams: readonly LabStream[];
  readonly startNs: bigint;
  /** Exclusive. */
  readonly endNs: bigint;
  readonly backward: boolean;
  readonly lost: ChunkLoss;
  readonly tally: ReadTally;
}

/** Walks one stream's entries in the read's direction, a chunk at a time, opening each when its turn comes. */
export class StreamCursor {
  readonly stream: LabStream;
  chunk: EntryChunk | null = null;
  index = 0;
  timestampNs = 0n;
  private readonly refs: readonly ChunkRef[];
  private readonly options: MergeOptions;
  private readonly endNs: bigint;
  private nextRef: number;
  private first = 0;
  private last = -1;
  private current: ChunkRef | null = null;

  constructor(stream: LabStream, options: MergeOptions) {
    this.stream = stream;
    this.options = options;
    const horizonNs = stream.horizonNs?.();
    this.endNs = horizonNs === undefined || horizonNs >= options.endNs ? options.endNs : horizonNs + 1n;
    this.refs = stream.chunks(options.startNs, this.endNs);
    this.nextRef = options.backward ? this.refs.length - 1 : 0;
    if (this.refs.length > 0) options.tally.streams += 1;
    this.openNext();
  }

  /** Whether it stands on an entry. */
  get open(): boolean {
    return this.chunk !== null;
  }

  advance(): void {
    this.index += this.options.backward ? -1 : 1;
    if (this.index < this.first || this.index > this.last) {
      this.count(this.first, this.last + 1);
      this.openNext();
    } else if (this.chunk !== null) this.timestampNs = this.chunk.timestampAt(this.index);
  }

  /** Counts what was read of the chunk it stands in; called once, when the read ends early. */
  finish(): void {
    if (this.chunk === null) return;
    if (this.options.backward) this.count(this.index + 1, this.last + 1);
    else this.count(this.first, this.index);
  }

  private openNext(): void {
    const step = this.options.backward ? -1 : 1;
    for (; ; this.nextRef += step) {
      const ref = this.refs[this.nextRef];
      if (ref === undefined) {
        this.chunk = null;
        return;
      }
      if (ref.flushed) this.options.tally.storeChunkRefs += 1;
      else this.options.tally.headChunks += 1;
      if (this.options.lost(ref, this.stream)) continue;
      const chunk = ref.open();
      this.first = chunk.lowerBound(this.options.startNs);
      this.last = chunk.lowerBound(this.endNs) - 1;
      if (this.first > this.last) continue;
      this.nextRef += step;
      this.current = ref;
      this.chunk = chunk;
      this.index = this.options.backward ? this.last : this.first;
      this.timestampNs = chunk.timestampAt(this.index);
      return;
    }
  }

  private count(from: number, to: number): void {
    if (this.chunk === null || to <= from) return;
    const raw = this.chunk.rawBytes(from, to);
    const tally = this.options.tally;
    if (this.current?.flushed === true) {
      tally.storeEntries += to - from;
      tally.storeLineBytes += raw.line;
      tally.storeMetadataBytes += raw.metadata;
    } else {
      tally.headEntries += to - from;
      tally.headLineBytes += raw.line;
      tally.headMetadataBytes += raw.metadata;
    }
  }
}

/**
 * Visits the entries of several streams in time order until the visitor answers false. Equal timestamps come by stream
 * hash, then labels, within a stream in storage order; backward is the exact reverse.
 */
export function mergeEntries(options: MergeOptions, visit: (cursor: StreamCursor) => boolean): void {
  const heap: StreamCursor[] = [];
  for (const stream of options.streams) {
    const cursor = new StreamCursor(stream, options);
    if (cursor.open) heap.push(cursor);
  }
  const before = options.backward ? (a: StreamCursor, b: StreamCursor) => precedes(b, a) : precedes;
  for (let index = (heap.length >>> 1) - 1; index >= 0; index -= 1) siftDown(heap, index, before);
  for (;;) {
    const top = heap[0];
    if (top === undefined) return;
    const more = visit(top);
    top.advance();
    if (!more) {
      for (const cursor of heap) cursor.finish();
      return;
    }
    if (!top.open) {
      const last = heap.pop();
      if (last !== undefined && heap.length > 0) heap[0] = last;
    }
    siftDown(heap, 0, before);
  }
}

function precedes(a: StreamCursor, b: StreamCursor): boolean {
  if (a.timestampNs !== b.timestampNs) return a.timestampNs < b.timestampNs;
  if (a.stream.hash !== b.stream.hash) return a.stream.hash < b.stream.hash;
  return a.stream.labelText < b.stream.labelText;
}

function siftDown(heap: StreamCursor[], from: number, before: (a: StreamCursor, b: StreamCursor) => boolean): void {
  const moving = heap[from];
  if (moving === undefined) return;
  let index = from;
  for (;;) {
    let child = index * 2 + 1;
    let candidate = heap[child];
    if (candidate === undefined) break;
    const right = heap[child + 1];
    if (right !== undefined && before(right, candidate)) {
      child += 1;
      candidate = right;
    }
    if (!before(candidate, moving)) break;
    heap[index] = candidate;
    index = child;
  }
  heap[index] = moving;
}
