import type { SymbolTable } from "./chunk-symbols.ts";

/** Entries of a chunk's blocks as columns, filled block by block. */
export interface EntryColumns {
  /** Room for all entries; see `rows`. */
  readonly timestampsNs: BigInt64Array;
  readonly lineStarts: Uint32Array;
  readonly lineEnds: Uint32Array;
  /** Where a row's pairs of symbols begin and end; `null` before v4. */
  readonly metadataStarts: Uint32Array | null;
  readonly metadataEnds: Uint32Array | null;
}

export interface EntriesRead {
  /** Rows written from `firstRow` on. */
  readonly rows: number;
  readonly minNs: bigint;
  readonly maxNs: bigint;
  readonly ascending: boolean;
  /** Byte of `bytes` where the entries stop making sense; `null` where all do. */
  readonly brokenAt: number | null;
  /** Rows that refer to symbols that do not exist. */
  readonly badReferences: number;
}

/** Where a number read by `uvarint` ended; a field instead of a pair of results, because this runs twice a row. */
class EntryParser {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  readonly #times: Int32Array;
  at: number;

  constructor(bytes: Uint8Array, start: number, end: number, timestampsNs: BigInt64Array) {
    this.#bytes = bytes;
    this.#end = end;
    // Little-endian halves: every platform that Node runs on.
    this.#times = new Int32Array(timestampsNs.buffer, timestampsNs.byteOffset, timestampsNs.length * 2);
    this.at = start;
  }

  /** LEB128 below 2^32; -1 where there is none. */
  uvarint(): number {
    let value = 0;
    let scale = 1;
    for (let length = 0; length < 5; length++) {
      if (this.at >= this.#end) return -1;
      const byte = this.#bytes[this.at++] ?? 0;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value <= 0xffff_ffff ? value : -1;
      scale *= 128;
    }
    return -1;
  }

  /** Zigzag LEB128 of 64 bits into a row's timestamp, by halves of 32 bits: a bigint a byte costs more than all the rest. */
  timestamp(row: number): boolean {
    let low = 0;
    let middle = 0;
    let high = 0;
    for (let length = 0; length < 10; length++) {
      if (this.at >= this.#end) return false;
      const byte = this.#bytes[this.at++] ?? 0;
      const bits = byte & 0x7f;
      if (length < 4) low |= bits << (7 * length);
      else if (length < 8) middle |= bits << (7 * (length - 4));
      else high |= bits << (7 * (length - 8));
      if (byte < 0x80) {
        if (high > 0xff) return false;
        const lower = low | (middle << 28);
        const upper = (middle >>> 4) | (high << 24);
        const sign = -(lower & 1);
        this.#times[2 * row] = ((lower >>> 1) | (upper << 31)) ^ sign;
        this.#times[2 * row + 1] = (upper >>> 1) ^ sign;
        return true;
      }
    }
    return false;
  }

  /** Whether row `a` is later than row `b`. */
  later(a: number, b: number): boolean {
    const upperA = this.#times[2 * a + 1] ?? 0;
    const upperB = this.#times[2 * b + 1] ?? 0;
    if (upperA !== upperB) return upperA > upperB;
    return (this.#times[2 * a] ?? 0) >>> 0 > (this.#times[2 * b] ?? 0) >>> 0;
  }
}

/**
 * Reads the entries of one unpacked block that lies in `bytes[start … end)` into rows from `firstRow` on, `maxRows` at most
 * (Loki `pkg/chunkenc/memchunk.go`, `bufferedIterator.moveNext`). Of a block that stops making sense, the rows before are kept.
 */
export function readEntries(
  bytes: Uint8Array,
  start: number,
  end: number,
  columns: EntryColumns,
  firstRow: number,
  maxRows: number,
  symbols: SymbolTable | null,
): EntriesRead {
  const { timestampsNs, lineStarts, lineEnds, metadataStarts, metadataEnds } = columns;
  const parser = new EntryParser(bytes, start, end, timestampsNs);
  const symbolCount = symbols === null ? Number.POSITIVE_INFINITY : symbols.count;
  let row = firstRow;
  let earliest = firstRow;
  let latest = firstRow;
  let ascending = true;
  let badReferences = 0;
  let brokenAt: number | null = null;
  while (parser.at < end && row < firstRow + maxRows) {
    const entryAt = parser.at;
    const readTime = parser.timestamp(row);
    const lineLength = readTime ? parser.uvarint() : -1;
    const lineAt = parser.at;
    if (lineLength < 0 || lineAt + lineLength > end) {
      brokenAt = entryAt;
      break;
    }
    parser.at = lineAt + lineLength;
    if (metadataStarts !== null && metadataEnds !== null) {
      const sectionLength = parser.uvarint();
      const sectionEnd = parser.at + sectionLength;
      const pairs = sectionLength <= 0 ? -1 : parser.uvarint();
      if (pairs < 0 || sectionEnd > end) {
        brokenAt = entryAt;
        break;
      }
      metadataStarts[row] = parser.at;
      let bad = false;
      for (let half = 0; half < 2 * pairs && parser.at < sectionEnd; half++) {
        const reference = parser.uvarint();
        bad ||= reference < 0 || reference >= symbolCount;
      }
      if (parser.at !== sectionEnd) {
        brokenAt = entryAt;
        break;
      }
      metadataEnds[row] = bad ? (metadataStarts[row] ?? 0) : sectionEnd;
      if (bad) badReferences++;
    }
    lineStarts[row] = lineAt;
    lineEnds[row] = lineAt + lineLength;
    if (row > firstRow) {
      if (parser.later(row - 1, row)) ascending = false;
      if (parser.later(earliest, row)) earliest = row;
      if (!parser.later(latest, row)) latest = row;
    }
    row++;
  }
  if (brokenAt === null && parser.at < end) brokenAt = parser.at;
  const rows = row - firstRow;
  const time = (at: number) => (rows === 0 ? 0n : (timestampsNs[at] ?? 0n));
  return { rows, minNs: time(earliest), maxNs: time(latest), ascending, brokenAt, badReferences };
}
