import { deltaBinaryUnpack } from "hyparquet/src/delta.js";
import { AppError } from "../../../../src-shared/errors/app-error.ts";
import { decodeHybrid } from "./hybrid-decoding.ts";
import { openPage, type ColumnPages, type OpenPage } from "./page-scan.ts";
import { ParquetDamage } from "./parquet-damage.ts";

/** No value here: the place is null, or a row without entries. */
export const NO_VALUE = 0xffff_ffff;

/** Offsets into one buffer are 32 bits, and a worker has to hold it. */
const MOST_BYTES = 2 ** 31 - 1;

/**
 * A column of texts in one buffer. Place `i` (a row, in a flat column) has the value `refs[i]`, which is
 * `bytes[starts[v] … ends[v])`; values of a dictionary are there once.
 */
export interface ByteColumn {
  readonly bytes: Uint8Array;
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
  readonly refs: Uint32Array;
  /** `null` where the column has no such levels. */
  readonly repetition: Uint8Array | null;
  readonly definition: Uint8Array | null;
}

/** Places `[from, to)` whose page could not be read; they hold `NO_VALUE`. */
export interface BadPlaces {
  readonly from: number;
  readonly to: number;
  readonly error: unknown;
}

/**
 * Reads a column of BYTE_ARRAY whatever its encoding.
 *
 * @param onBad is told of a page that cannot be read, and the rest is; without it the first one is thrown
 * @throws `ParquetDamage`; `archive.unpack-too-large`
 */
export function readByteColumn(column: ColumnPages, onBad?: (bad: BadPlaces) => void): ByteColumn {
  return new ByteColumnReader(column).read(onBad);
}

class ByteColumnReader {
  readonly #column: ColumnPages;
  readonly #refs: Uint32Array;
  readonly #repetition: Uint8Array | null;
  readonly #definition: Uint8Array | null;
  readonly #bytes: Uint8Array<ArrayBuffer>;
  readonly #starts: Uint32Array;
  readonly #ends: Uint32Array;
  /** Values that had to be put together, behind the pages' bytes. */
  readonly #joined: Uint8Array[] = [];
  #joinedBytes = 0;
  #values = 0;
  #dictionary = 0;

  constructor(column: ColumnPages) {
    this.#column = column;
    const { pages, leaf } = column;
    const total = pages.reduce((sum, { bodyBytes }) => sum + bodyBytes, 0);
    if (total > MOST_BYTES) throw tooLarge(column);
    // In PLAIN encoding each value takes four bytes at least.
    for (const page of pages) {
      if (page.kind === "dictionary" && page.values * 4 > page.bodyBytes) {
        throw new ParquetDamage(`a dictionary of ${page.values} values in ${page.bodyBytes} bytes`);
      }
    }
    const places = pages.reduce((sum, page) => sum + (page.kind === "dictionary" ? 0 : page.values), 0);
    const values = pages.reduce((sum, page) => sum + page.values, 0);
    this.#bytes = Buffer.allocUnsafeSlow(total);
    this.#refs = new Uint32Array(places);
    this.#starts = new Uint32Array(values);
    this.#ends = new Uint32Array(values);
    this.#repetition = leaf.maxRepetition === 0 ? null : new Uint8Array(places);
    this.#definition = leaf.maxDefinition === 0 ? null : new Uint8Array(places);
  }

  read(onBad?: (bad: BadPlaces) => void): ByteColumn {
    const { pages, leaf } = this.#column;
    let place = 0;
    let at = 0;
    for (const page of pages) {
      const end = at + page.bodyBytes;
      const to = page.kind === "dictionary" ? place : place + page.values;
      const valuesBefore = this.#values;
      try {
        const open = openPage(page, leaf, this.#bytes.subarray(at, end));
        if (page.kind === "dictionary") {
          this.#plain(page.values, at, end);
          this.#dictionary = page.values;
        } else {
          this.#take(open, place, at, end);
        }
      } catch (error) {
        if (onBad === undefined || page.kind === "dictionary") throw error;
        this.#values = valuesBefore;
        this.#refs.fill(NO_VALUE, place, to);
        onBad({ from: place, to, error });
      }
      place = to;
      at = end;
    }
    return {
      bytes: this.#joined.length === 0 ? this.#bytes : Buffer.concat([this.#bytes, ...this.#joined]),
      starts: this.#starts.subarray(0, this.#values),
      ends: this.#ends.subarray(0, this.#values),
      refs: this.#refs,
      repetition: this.#repetition,
      definition: this.#definition,
    };
  }

  #take(open: OpenPage, place: number, at: number, end: number): void {
    const { page, definition, repetition } = open;
    const { maxDefinition } = this.#column.leaf;
    if (repetition !== null) this.#repetition?.set(repetition, place);
    if (definition !== null) this.#definition?.set(definition, place);
    let present = page.values;
    if (definition !== null) {
      present = 0;
      for (const level of definition) if (level === maxDefinition) present += 1;
    }
    const values = this.#pageValues(open, present, at + open.start, end);
    let next = 0;
    for (let index = 0; index < page.values; index += 1) {
      const isThere = definition === null || definition[index] === maxDefinition;
      this.#refs[place + index] = isThere ? values(next++) : NO_VALUE;
    }
  }

  /** The places in the table of values of the page's values, by their order. */
  #pageValues(open: OpenPage, count: number, start: number, end: number): (index: number) => number {
    const { encoding } = open.page;
    const first = this.#values;
    switch (encoding) {
      case "PLAIN":
        if (count * 4 > end - start) throw new ParquetDamage("a page ends early");
        this.#plain(count, start, end);
        return (index) => first + index;
      case "PLAIN_DICTIONARY":
      case "RLE_DICTIONARY": {
        const indexes = dictionaryIndexes(open, count, this.#dictionary);
        return (index) => indexes[index] ?? 0;
      }
      case "DELTA_LENGTH_BYTE_ARRAY":
        this.#deltaLengths(open, count, start, end);
        return (index) => first + index;
      case "DELTA_BYTE_ARRAY":
        this.#deltaTexts(open, count);
        return (index) => first + index;
      case "RLE":
      case "BIT_PACKED":
      case "GROUP_VAR_INT":
      case "BYTE_STREAM_SPLIT":
      case "DELTA_BINARY_PACKED":
      default:
        throw new ParquetDamage(`texts in encoding ${encoding}`);
    }
  }

  #plain(count: number, start: number, end: number): void {
    const bytes = this.#bytes;
    const starts = this.#starts;
    const ends = this.#ends;
    let at = start;
    let value = this.#values;
    for (let index = 0; index < count; index += 1) {
      if (at + 4 > end) throw new ParquetDamage("a page ends early");
      const size =
        (bytes[at] ?? 0) +
        (bytes[at + 1] ?? 0) * 256 +
        (bytes[at + 2] ?? 0) * 65_536 +
        (bytes[at + 3] ?? 0) * 16_777_216;
      at += 4;
      if (size > end - at) throw new ParquetDamage("a page ends early");
      starts[value] = at;
      at += size;
      ends[value] = at;
      value += 1;
    }
    this.#values = value;
  }

  #deltaLengths(open: OpenPage, count: number, start: number, end: number): void {
    const reader = readerOf(open);
    const lengths = deltaNumbers(reader, count);
    let at = start - open.start + reader.offset;
    for (const length of lengths) {
      if (length < 0 || length > end - at) throw new ParquetDamage("a page ends early");
      this.#starts[this.#values] = at;
      at += length;
      this.#ends[this.#values] = at;
      this.#values += 1;
    }
  }

  #deltaTexts(open: OpenPage, count: number): void {
    const reader = readerOf(open);
    const prefixes = deltaNumbers(reader, count);
    const suffixes = deltaNumbers(reader, count);
    let at = reader.offset;
    let last: Uint8Array = new Uint8Array(0);
    for (let index = 0; index < count; index += 1) {
      const prefix = prefixes[index] ?? 0;
      const suffix = suffixes[index] ?? 0;
      if (prefix < 0 || prefix > last.length || suffix < 0 || suffix > open.bytes.length - at) {
        throw new ParquetDamage("a page ends early");
      }
      const start = this.#bytes.length + this.#joinedBytes;
      if (start + prefix + suffix > MOST_BYTES) throw tooLarge(this.#column);
      const text = new Uint8Array(prefix + suffix);
      text.set(last.subarray(0, prefix));
      text.set(open.bytes.subarray(at, at + suffix), prefix);
      at += suffix;
      this.#joined.push(text);
      this.#joinedBytes += text.length;
      this.#starts[this.#values] = start;
      this.#ends[this.#values] = start + text.length;
      this.#values += 1;
      last = text;
    }
  }
}

/** Indexes into a dictionary of `size` entries; a width comes before them. */
export function dictionaryIndexes(open: OpenPage, count: number, size: number): Uint32Array {
  const indexes = new Uint32Array(count);
  if (count === 0) return indexes;
  const width = open.bytes[open.start];
  if (width === undefined) throw new ParquetDamage("a page ends early");
  decodeHybrid(open.bytes, open.start + 1, open.bytes.length, width, indexes);
  for (const index of indexes) {
    if (index >= size) throw new ParquetDamage(`value ${index} of a dictionary of ${size}`);
  }
  return indexes;
}

export interface PageReader {
  readonly view: DataView;
  offset: number;
}

export function readerOf(open: OpenPage): PageReader {
  const { bytes, start } = open;
  return { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset: start };
}

/** Delta-packed 32-bit numbers by the library, once its header was seen to be sane: it allocates what that claims. */
function deltaNumbers(reader: PageReader, count: number): Int32Array {
  const numbers = new Int32Array(count);
  if (count === 0) return numbers;
  checkDeltaHeader(reader);
  deltaBinaryUnpack(reader, count, numbers);
  return numbers;
}

/** Blocks of at most 64 Ki values in at most 512 parts; writers use 128 in 4. */
export function checkDeltaHeader(reader: PageReader): void {
  let at = reader.offset;
  const number = (): number => {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      if (at >= reader.view.byteLength) throw new ParquetDamage("a page ends early");
      const byte = reader.view.getUint8(at);
      at += 1;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw new ParquetDamage("an endless number");
  };
  const block = number();
  const parts = number();
  if (block === 0 || block > 65_536 || parts === 0 || parts > 512 || block % parts !== 0) {
    throw new ParquetDamage(`delta blocks of ${block} values in ${parts} parts`);
  }
}

function tooLarge({ leaf }: ColumnPages): AppError {
  return new AppError("archive.unpack-too-large", { part: leaf.path.join("."), limitBytes: MOST_BYTES });
}
