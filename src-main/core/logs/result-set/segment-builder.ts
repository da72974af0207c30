import { LOG_LEVELS } from "../../../../src-shared/model/log-level.ts";
import type { LogBatch } from "../../../../src-shared/model/log-batch.ts";
import { MARKER_LEVEL, packedBytes, PackedRows, ROW_BYTES, RowTable, type PackedSizes } from "./packed-rows.ts";

/** A segment is sealed when it holds this many rows … */
export const MAX_SEGMENT_ROWS = 65_536;
/** … or when its packed form would not fit into one slab. One row may be larger: it gets a segment of its own. */
export const SLAB_BYTES = 4 * 2 ** 20;

const FIRST_ROWS = 256;
const FIRST_BYTES = 16_384;

/** What is known of a segment's rows without reading them; kept in memory when the rows are not. */
export interface SegmentSummary extends PackedSizes {
  readonly minNs: bigint;
  readonly maxNs: bigint;
  readonly firstNs: bigint;
  readonly lastNs: bigint;
  /** Whether no row is before (after, for `descending`) the one above it. */
  readonly ascending: boolean;
  readonly descending: boolean;
  /** Entries by level, as indexes into `LOG_LEVELS`; markers are in none. */
  readonly levelCounts: Uint32Array;
}

/** The open end of a result set: columns that grow until the segment is full, then are packed and used again. */
export class SegmentBuilder {
  #rowBuffer = new ArrayBuffer(FIRST_ROWS * ROW_BYTES);
  #table = new RowTable(this.#rowBuffer, 0, FIRST_ROWS);
  #lines = Buffer.allocUnsafeSlow(FIRST_BYTES);
  #extra = Buffer.allocUnsafeSlow(0);
  #rowCount = 0;
  #lineBytes = 0;
  #extraBytes = 0;
  #minNs = 0n;
  #maxNs = 0n;
  #firstNs = 0n;
  #lastNs = 0n;
  #ascending = true;
  #descending = true;
  #levelCounts = new Uint32Array(LOG_LEVELS.length);

  get rowCount(): number {
    return this.#rowCount;
  }

  get table(): RowTable {
    return this.#table;
  }

  /** Bytes of memory held, used or not. */
  get capacityBytes(): number {
    return this.#rowBuffer.byteLength + this.#lines.length + this.#extra.length;
  }

  /** Whether one more row with these bytes still belongs here. An empty segment takes any row. */
  fits(lineBytes: number, extraBytes: number): boolean {
    if (this.#rowCount === 0) return true;
    const sizes = {
      rowCount: this.#rowCount + 1,
      extraBytes: this.#extraBytes + extraBytes,
      lineBytes: this.#lineBytes + lineBytes,
    };
    return sizes.rowCount <= MAX_SEGMENT_ROWS && packedBytes(sizes) <= SLAB_BYTES;
  }

  /**
   * Takes rows of a batch from `from` on, as many as fit, and answers the first row not taken. `streams` maps the batch's
   * stream numbers to the set's.
   */
  appendRows(batch: LogBatch, from: number, streams: Uint32Array): number {
    const { lineOffsets, extraOffsets, timestampsNs, streamRefs, levels } = batch;
    const lineFrom = lineOffsets[from] ?? 0;
    const extraFrom = extraOffsets[from] ?? 0;
    const lineBase = this.#lineBytes - lineFrom;
    const extraBase = this.#extraBytes - extraFrom;
    let to = from;
    while (to < batch.rowCount) {
      const lineTo = lineOffsets[to + 1] ?? lineFrom;
      const extraTo = extraOffsets[to + 1] ?? extraFrom;
      if (!this.fits(lineBase + lineTo - this.#lineBytes, extraBase + extraTo - this.#extraBytes)) break;
      const level = levels[to] ?? 0;
      this.#lineBytes = lineBase + lineTo;
      this.#extraBytes = extraBase + extraTo;
      this.#setRow(timestampsNs[to] ?? 0n, streams[streamRefs[to] ?? 0] ?? 0, level);
      this.#levelCounts[level] = (this.#levelCounts[level] ?? 0) + 1;
      to += 1;
    }
    const lineTo = lineOffsets[to] ?? lineFrom;
    const extraTo = extraOffsets[to] ?? extraFrom;
    this.#lines = room(this.#lines, lineBase + lineFrom, this.#lineBytes);
    this.#lines.set(batch.lineBytes.subarray(lineFrom, lineTo), lineBase + lineFrom);
    this.#extra = room(this.#extra, extraBase + extraFrom, this.#extraBytes);
    this.#extra.set(batch.extraBytes.subarray(extraFrom, extraTo), extraBase + extraFrom);
    return to;
  }

  appendMarker(timestampNs: bigint, json: Uint8Array): void {
    this.#extra = room(this.#extra, this.#extraBytes, this.#extraBytes + json.length);
    this.#extra.set(json, this.#extraBytes);
    this.#extraBytes += json.length;
    this.#setRow(timestampNs, 0, MARKER_LEVEL);
  }

  summary(): SegmentSummary {
    return {
      rowCount: this.#rowCount,
      extraBytes: this.#extraBytes,
      lineBytes: this.#lineBytes,
      minNs: this.#minNs,
      maxNs: this.#maxNs,
      firstNs: this.#firstNs,
      lastNs: this.#lastNs,
      ascending: this.#ascending,
      descending: this.#descending,
      levelCounts: this.#levelCounts.slice(),
    };
  }

  line(row: number): Buffer {
    return this.#lines.subarray(this.#table.lineStart(row), this.#table.lineEnd(row));
  }

  extraOf(row: number): Buffer {
    return this.#extra.subarray(this.#table.extraStart(row), this.#table.extraEnd(row));
  }

  /** Writes the packed form to the beginning of `target`. */
  packInto(target: Uint8Array): void {
    const rowBytes = this.#rowCount * ROW_BYTES;
    target.set(new Uint8Array(this.#rowBuffer, 0, rowBytes), 0);
    target.set(this.#extra.subarray(0, this.#extraBytes), rowBytes);
    target.set(this.#lines.subarray(0, this.#lineBytes), rowBytes + this.#extraBytes);
  }

  /** A packed copy of the rows from `from` on, for a worker thread; the caller owns the buffer. */
  packedFrom(from: number): { readonly buffer: ArrayBuffer; readonly sizes: PackedSizes } {
    const lineFrom = this.#table.lineStart(from);
    const extraFrom = this.#table.extraStart(from);
    const sizes = {
      rowCount: this.#rowCount - from,
      extraBytes: this.#extraBytes - extraFrom,
      lineBytes: this.#lineBytes - lineFrom,
    };
    const buffer = new ArrayBuffer(packedBytes(sizes));
    const packed = new PackedRows(buffer, 0, sizes);
    for (let row = 0; row < sizes.rowCount; row += 1) {
      const own = from + row;
      const table = this.#table;
      packed.table.set(
        row,
        table.timestampNs(own),
        table.stream(own),
        table.lineEnd(own) - lineFrom,
        table.extraEnd(own) - extraFrom,
        table.level(own),
      );
    }
    packed.extra.set(this.#extra.subarray(extraFrom, this.#extraBytes));
    packed.lines.set(this.#lines.subarray(lineFrom, this.#lineBytes));
    return { buffer, sizes };
  }

  /** Empty again. Keeps its columns for the next rows unless they grew past a slab for one large row. */
  clear(): void {
    this.#rowCount = 0;
    this.#lineBytes = 0;
    this.#extraBytes = 0;
    this.#ascending = true;
    this.#descending = true;
    this.#levelCounts = new Uint32Array(LOG_LEVELS.length);
    if (this.#lines.length > 2 * SLAB_BYTES) this.#lines = Buffer.allocUnsafeSlow(FIRST_BYTES);
    if (this.#extra.length > 2 * SLAB_BYTES) this.#extra = Buffer.allocUnsafeSlow(0);
  }

  /** Gives all memory back; for a set that will not grow any more. */
  release(): void {
    this.clear();
    this.#rowBuffer = new ArrayBuffer(0);
    this.#table = new RowTable(this.#rowBuffer, 0, 0);
    this.#lines = Buffer.allocUnsafeSlow(0);
    this.#extra = Buffer.allocUnsafeSlow(0);
  }

  #setRow(timestampNs: bigint, stream: number, level: number): void {
    const row = this.#rowCount;
    if ((row + 1) * ROW_BYTES > this.#rowBuffer.byteLength) this.#growTable();
    this.#table.set(row, timestampNs, stream, this.#lineBytes, this.#extraBytes, level);
    if (row === 0) {
      this.#firstNs = this.#minNs = this.#maxNs = timestampNs;
    } else {
      if (timestampNs < this.#minNs) this.#minNs = timestampNs;
      if (timestampNs > this.#maxNs) this.#maxNs = timestampNs;
      if (timestampNs < this.#lastNs) this.#ascending = false;
      if (timestampNs > this.#lastNs) this.#descending = false;
    }
    this.#lastNs = timestampNs;
    this.#rowCount = row + 1;
  }

  #growTable(): void {
    const rows = Math.min(MAX_SEGMENT_ROWS, Math.max(FIRST_ROWS, (this.#rowBuffer.byteLength / ROW_BYTES) * 2));
    const grown = new ArrayBuffer(rows * ROW_BYTES);
    new Uint8Array(grown).set(new Uint8Array(this.#rowBuffer));
    this.#rowBuffer = grown;
    this.#table = new RowTable(grown, 0, rows);
  }
}

/** `bytes` with room for `needed`, its first `used` bytes kept. */
function room(bytes: Buffer<ArrayBuffer>, used: number, needed: number): Buffer<ArrayBuffer> {
  if (needed <= bytes.length) return bytes;
  const grown = Buffer.allocUnsafeSlow(Math.max(needed, Math.min(bytes.length * 2, SLAB_BYTES), FIRST_BYTES));
  grown.set(bytes.subarray(0, used));
  return grown;
}
