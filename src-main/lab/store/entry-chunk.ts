import type { LabelSet } from "../../../src-shared/model/labels.ts";
import type { StoredEntry } from "./entry.ts";

/**
 * Entries of one stream in time order, held as the bytes of the answer that will carry them. Entry `i` is
 * `["<ns>","<line>"` from `starts[i]` to `middles[i]`, then `,{"structuredMetadata":{…}}],` up to `starts[i + 1]`: an answer
 * with categorised labels copies ranges of entries as they lie, one without takes the first half and closes it.
 */
export class EntryChunk {
  readonly count: number;
  readonly timestampsNs: BigInt64Array;
  readonly bytes: Buffer;
  readonly starts: Uint32Array;
  readonly middles: Uint32Array;
  /** Sum of the lengths of all lines before entry `i`, UTF-8; `count + 1` of them. */
  readonly lineBytesBefore: Uint32Array;
  /** The same for names and values of structured metadata. */
  readonly metadataBytesBefore: Uint32Array;

  constructor(parts: EntryChunkParts) {
    this.count = parts.timestampsNs.length;
    this.timestampsNs = parts.timestampsNs;
    this.bytes = parts.bytes;
    this.starts = parts.starts;
    this.middles = parts.middles;
    this.lineBytesBefore = parts.lineBytesBefore;
    this.metadataBytesBefore = parts.metadataBytesBefore;
  }

  /** What it holds in memory, for a cache's bound. */
  get sizeBytes(): number {
    return this.bytes.length + this.count * 24;
  }

  timestampAt(index: number): bigint {
    return this.timestampsNs[index] ?? 0n;
  }

  /** The first entry at or after a time; `count` when there is none. */
  lowerBound(timestampNs: bigint): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.timestampAt(middle) < timestampNs) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The structured metadata's bytes, `,{"structuredMetadata":{…}}],`; equal bytes mean equal metadata. */
  metadataKey(index: number): string {
    return this.bytes.toString("latin1", this.middles[index], this.starts[index + 1]);
  }

  metadataAt(index: number): LabelSet {
    const start = (this.middles[index] ?? 0) + 1;
    const parsed: MetadataPiece = JSON.parse(this.bytes.toString("utf8", start, (this.starts[index + 1] ?? 0) - 2));
    return parsed.structuredMetadata ?? {};
  }

  lineAt(index: number): string {
    // The timestamp is 19 digits in all times that a BigInt64Array of recent logs holds; the comma is found, not assumed.
    const start = this.bytes.indexOf(COMMA, this.starts[index]) + 1;
    const line: string = JSON.parse(this.bytes.toString("utf8", start, this.middles[index]));
    return line;
  }

  entryAt(index: number): StoredEntry {
    return { timestampNs: this.timestampAt(index), line: this.lineAt(index), metadata: this.metadataAt(index) };
  }

  /** Bytes of lines and of metadata in a run of entries. */
  rawBytes(from: number, to: number): { readonly line: number; readonly metadata: number } {
    return {
      line: (this.lineBytesBefore[to] ?? 0) - (this.lineBytesBefore[from] ?? 0),
      metadata: (this.metadataBytesBefore[to] ?? 0) - (this.metadataBytesBefore[from] ?? 0),
    };
  }
}

export interface EntryChunkParts {
  readonly timestampsNs: BigInt64Array;
  readonly bytes: Buffer;
  readonly starts: Uint32Array;
  readonly middles: Uint32Array;
  readonly lineBytesBefore: Uint32Array;
  readonly metadataBytesBefore: Uint32Array;
}

interface MetadataPiece {
  readonly structuredMetadata?: LabelSet;
}

const COMMA = 0x2c;
