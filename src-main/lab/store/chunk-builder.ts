import type { LabelSet } from "../../../src-shared/model/labels.ts";
import { escapeGoJson, goJsonLabels } from "../format/go-json.ts";
import { EntryChunk } from "./entry-chunk.ts";

/** Appends entries in time order and seals them into an `EntryChunk`. */
export class ChunkBuilder {
  private bytes: Buffer;
  private length = 0;
  private readonly timestamps: bigint[] = [];
  private readonly starts: number[] = [0];
  private readonly middles: number[] = [];
  private readonly lineBytes: number[] = [0];
  private readonly metadataBytes: number[] = [0];
  private lineTotal = 0;
  private metadataTotal = 0;

  constructor(expectedBytes = 64 * 1024) {
    this.bytes = Buffer.allocUnsafeSlow(expectedBytes);
  }

  get count(): number {
    return this.timestamps.length;
  }

  get sizeBytes(): number {
    return this.length;
  }

  append(timestampNs: bigint, line: string, metadata: LabelSet): void {
    this.appendPiece(timestampNs, line, metadataPiece(metadata), metadataSize(metadata));
  }

  /**
   * As `append`, with the metadata's piece made before: generated traffic has few of them. `metadataBytes` counts names and
   * values.
   */
  appendPiece(timestampNs: bigint, line: string, piece: string, metadataBytes: number): void {
    const head = `["${timestampNs}","${escapeGoJson(line)}"`;
    this.reserve((head.length + piece.length) * 3);
    const middle = this.length + this.bytes.write(head, this.length);
    const end = middle + this.bytes.write(piece, middle);
    this.timestamps.push(timestampNs);
    this.middles.push(middle);
    this.starts.push(end);
    this.length = end;
    this.lineTotal += Buffer.byteLength(line);
    this.metadataTotal += metadataBytes;
    this.lineBytes.push(this.lineTotal);
    this.metadataBytes.push(this.metadataTotal);
  }

  build(): EntryChunk {
    // A copy of the exact size: what the builder reserved beyond it would be held for as long as the chunk.
    const bytes = Buffer.allocUnsafeSlow(this.length);
    this.bytes.copy(bytes, 0, 0, this.length);
    return new EntryChunk({
      timestampsNs: BigInt64Array.from(this.timestamps),
      bytes,
      starts: Uint32Array.from(this.starts),
      middles: Uint32Array.from(this.middles),
      lineBytesBefore: Uint32Array.from(this.lineBytes),
      metadataBytesBefore: Uint32Array.from(this.metadataBytes),
    });
  }

  private reserve(bytes: number): void {
    if (this.length + bytes <= this.bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.bytes.length * 2, this.length + bytes));
    this.bytes.copy(larger, 0, 0, this.length);
    this.bytes = larger;
  }
}

/** The second half of an entry's bytes: `,{"structuredMetadata":{…}}],`, or `,{}],` without any. */
export function metadataPiece(metadata: LabelSet): string {
  if (Object.keys(metadata).length === 0) return ",{}],";
  return `,{"structuredMetadata":${goJsonLabels(metadata)}}],`;
}

export function metadataSize(metadata: LabelSet): number {
  let size = 0;
  for (const name in metadata) size += Buffer.byteLength(name) + Buffer.byteLength(metadata[name] ?? "");
  return size;
}
