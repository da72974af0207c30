/**
 * How rows lie in a sealed segment, in memory, in a spill file and in a message to a worker thread alike:
 *
 *     row table   24 bytes a row: i64 timestamp · u32 stream · u32 end of line · u32 end of extra · u32 level
 *     extra       the rows' extra bytes (structured metadata and parsed labels as JSON), one after another
 *     lines       the rows' line bytes, one after another
 *
 * The fixed fields of a row lie together because a window is read back from a spilled segment with three reads then, one
 * for a run of the table, one for its extra and one for its lines. Numbers are in the machine's byte order: a spill file
 * never outlives its process.
 */
export const ROW_BYTES = 24;

/** In the level column: a row that is no entry; its extra bytes are the JSON of a `RowMarker`. */
export const MARKER_LEVEL = 255;

const WORDS = 6;
const STREAM = 2;
const LINE_END = 3;
const EXTRA_END = 4;
const LEVEL = 5;

/** The sizes that say where the three parts of packed rows are. */
export interface PackedSizes {
  readonly rowCount: number;
  readonly extraBytes: number;
  readonly lineBytes: number;
}

export function packedBytes(sizes: PackedSizes): number {
  return sizes.rowCount * ROW_BYTES + sizes.extraBytes + sizes.lineBytes;
}

/** The table of rows: fixed fields by index. Ends are offsets into the extra and line bytes of the same segment. */
export class RowTable {
  readonly #times: BigInt64Array;
  readonly #words: Uint32Array;

  /** `byteOffset` is a multiple of 8. */
  constructor(buffer: ArrayBufferLike, byteOffset: number, capacity: number) {
    this.#times = new BigInt64Array(buffer, byteOffset, capacity * 3);
    this.#words = new Uint32Array(buffer, byteOffset, capacity * WORDS);
  }

  set(row: number, timestampNs: bigint, stream: number, lineEnd: number, extraEnd: number, level: number): void {
    const at = row * WORDS;
    this.#times[row * 3] = timestampNs;
    this.#words[at + STREAM] = stream;
    this.#words[at + LINE_END] = lineEnd;
    this.#words[at + EXTRA_END] = extraEnd;
    this.#words[at + LEVEL] = level;
  }

  timestampNs(row: number): bigint {
    return this.#times[row * 3] ?? 0n;
  }

  stream(row: number): number {
    return this.#words[row * WORDS + STREAM] ?? 0;
  }

  level(row: number): number {
    return this.#words[row * WORDS + LEVEL] ?? MARKER_LEVEL;
  }

  lineStart(row: number): number {
    return row === 0 ? 0 : this.lineEnd(row - 1);
  }

  lineEnd(row: number): number {
    return this.#words[row * WORDS + LINE_END] ?? 0;
  }

  extraStart(row: number): number {
    return row === 0 ? 0 : this.extraEnd(row - 1);
  }

  extraEnd(row: number): number {
    return this.#words[row * WORDS + EXTRA_END] ?? 0;
  }

  /** The row whose line holds the byte at `offset`; `from` is a row known not to be after it. */
  rowOfLineByte(offset: number, from: number, rowCount: number): number {
    let step = 1;
    let low = from;
    while (low + step < rowCount && this.lineEnd(low + step - 1) <= offset) {
      low += step;
      step *= 2;
    }
    let high = Math.min(low + step, rowCount - 1);
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.lineEnd(middle) <= offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Packed rows as a whole: the table and the two byte columns over one buffer. */
export class PackedRows {
  readonly rowCount: number;
  readonly table: RowTable;
  readonly extra: Buffer;
  readonly lines: Buffer;

  constructor(buffer: ArrayBufferLike, byteOffset: number, sizes: PackedSizes) {
    this.rowCount = sizes.rowCount;
    this.table = new RowTable(buffer, byteOffset, sizes.rowCount);
    const extraAt = byteOffset + sizes.rowCount * ROW_BYTES;
    this.extra = Buffer.from(buffer, extraAt, sizes.extraBytes);
    this.lines = Buffer.from(buffer, extraAt + sizes.extraBytes, sizes.lineBytes);
  }

  line(row: number): Buffer {
    return this.lines.subarray(this.table.lineStart(row), this.table.lineEnd(row));
  }

  extraOf(row: number): Buffer {
    return this.extra.subarray(this.table.extraStart(row), this.table.extraEnd(row));
  }
}
