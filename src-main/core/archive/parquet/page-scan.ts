import { crc32 } from "node:zlib";
import type { CompressionCodec, Encoding } from "hyparquet";
import { parquetHeader } from "hyparquet/src/column.js";
import { decodeHybrid } from "./hybrid-decoding.ts";
import { checkedPageSize, unpackInto } from "./page-codecs.ts";
import { ParquetDamage } from "./parquet-damage.ts";
import { chunkPlace, readBytes, type LeafColumn, type ParquetFooter } from "./parquet-footer.ts";
import { thriftStructEnd } from "./thrift-bounds.ts";

/** A page as it lies in its chunk, still packed. */
export interface PackedPage {
  readonly kind: "dictionary" | "data" | "data-v2";
  /** Levels and values, or entries of a dictionary. */
  readonly values: number;
  readonly encoding: Encoding;
  readonly payload: Uint8Array;
  /** Bytes of the payload at its beginning that are levels and not packed; only in version 2. */
  readonly repetitionBytes: number;
  readonly definitionBytes: number;
  /** Bytes that the rest of the payload unpacks to. */
  readonly bodyBytes: number;
  readonly codec: CompressionCodec;
  readonly crc: number | undefined;
}

/** The pages of a column in a row group. The dictionary, where there is one, comes first. */
export interface ColumnPages {
  readonly leaf: LeafColumn;
  readonly rows: number;
  readonly pages: readonly PackedPage[];
}

/** Of a column in one row group, entries of maps counted. */
const MOST_VALUES = 2 ** 26;

/**
 * Reads a column of a row group and finds its pages. Nothing is unpacked; every length that is used later was checked
 * against the bytes that are there.
 *
 * @throws `ParquetDamage`
 */
export function readColumnPages(
  handle: number,
  footer: ParquetFooter,
  rowGroup: number,
  leaf: LeafColumn,
): ColumnPages {
  const { start, length, metadata } = chunkPlace(footer, rowGroup, leaf);
  const bytes = readBytes(handle, start, length);
  const rows = Number(footer.rowGroups[rowGroup]?.num_rows ?? 0n);
  const expected = Number(metadata.num_values);
  if (!(expected >= 0 && expected <= MOST_VALUES)) throw new ParquetDamage(`a column of ${expected} values`);
  const pages: PackedPage[] = [];
  let seen = 0;
  let at = 0;
  while (seen < expected) {
    const page = pageAt(bytes, at, metadata.codec);
    if (page.page.kind !== "dictionary") seen += page.page.values;
    else if (pages.length > 0) throw new ParquetDamage("a dictionary after data");
    pages.push(page.page);
    at = page.end;
  }
  if (seen !== expected) throw new ParquetDamage(`${seen} values instead of ${expected} in ${leaf.path.join(".")}`);
  if (leaf.maxRepetition === 0 && seen !== rows) {
    throw new ParquetDamage(`${seen} values for ${rows} rows in ${leaf.path.join(".")}`);
  }
  return { leaf, rows, pages };
}

function pageAt(bytes: Buffer, start: number, codec: CompressionCodec): { page: PackedPage; end: number } {
  const body = thriftStructEnd(bytes, start);
  const header = parquetHeader({
    view: new DataView(bytes.buffer, bytes.byteOffset, body),
    offset: start,
  });
  const packedSize = checkedPageSize(header.compressed_page_size);
  const size = checkedPageSize(header.uncompressed_page_size);
  const end = body + packedSize;
  if (end > bytes.length) throw new ParquetDamage("a page ends behind its column");
  const payload = bytes.subarray(body, end);
  const common = { payload, repetitionBytes: 0, definitionBytes: 0, bodyBytes: size, codec, crc: header.crc };
  if (header.type === "DICTIONARY_PAGE" && header.dictionary_page_header !== undefined) {
    const { num_values, encoding } = header.dictionary_page_header;
    return { page: { ...common, kind: "dictionary", values: checkedCount(num_values), encoding }, end };
  }
  if (header.type === "DATA_PAGE" && header.data_page_header !== undefined) {
    const { num_values, encoding } = header.data_page_header;
    return { page: { ...common, kind: "data", values: checkedCount(num_values), encoding }, end };
  }
  const v2 = header.data_page_header_v2;
  if (header.type !== "DATA_PAGE_V2" || v2 === undefined) throw new ParquetDamage(`a page of type ${header.type}`);
  const repetitionBytes = checkedPageSize(v2.repetition_levels_byte_length);
  const definitionBytes = checkedPageSize(v2.definition_levels_byte_length);
  const levels = repetitionBytes + definitionBytes;
  if (levels > packedSize || levels > size) throw new ParquetDamage("levels longer than their page");
  const page: PackedPage = {
    ...common,
    kind: "data-v2",
    values: checkedCount(v2.num_values),
    encoding: v2.encoding,
    repetitionBytes,
    definitionBytes,
    bodyBytes: size - levels,
    codec: v2.is_compressed === false ? "UNCOMPRESSED" : codec,
  };
  return { page, end };
}

/** Levels of a page as they are needed: `null` where the column has none. */
export interface PageLevels {
  readonly repetition: Uint8Array | null;
  readonly definition: Uint8Array | null;
}

/** A page's levels, and its values unpacked. */
export interface OpenPage extends PageLevels {
  readonly page: PackedPage;
  /** The values' bytes: `bytes[start …]`. */
  readonly bytes: Uint8Array;
  readonly start: number;
}

/**
 * Unpacks a page into `bytes`, which has the size of its body.
 * @throws `ParquetDamage` on a wrong CRC, wrong sizes, or data that ends early
 */
export function openPage(page: PackedPage, leaf: LeafColumn, bytes = new Uint8Array(page.bodyBytes)): OpenPage {
  checkCrc(page);
  const levels = page.repetitionBytes + page.definitionBytes;
  unpackInto(page.codec, page.payload.subarray(levels), bytes);
  if (page.kind === "dictionary") return { page, bytes, start: 0, repetition: null, definition: null };
  if (page.kind === "data-v2") {
    const { payload, repetitionBytes } = page;
    return {
      page,
      bytes,
      start: 0,
      repetition: levelsOf(payload, 0, repetitionBytes, leaf.maxRepetition, page.values),
      definition: levelsOf(payload, repetitionBytes, levels, leaf.maxDefinition, page.values),
    };
  }
  const repetitionEnd = leaf.maxRepetition === 0 ? 0 : sizedEnd(bytes, 0);
  const repetition = levelsOf(bytes, 4, repetitionEnd, leaf.maxRepetition, page.values);
  const start = leaf.maxDefinition === 0 ? repetitionEnd : sizedEnd(bytes, repetitionEnd);
  const definition = levelsOf(bytes, repetitionEnd + 4, start, leaf.maxDefinition, page.values);
  return { page, bytes, start, repetition, definition };
}

/** Checks a page that was written with a checksum; the format's CRC-32 covers the payload as it is stored. */
function checkCrc(page: PackedPage): void {
  if (page.crc !== undefined && crc32(page.payload) !== page.crc >>> 0)
    throw new ParquetDamage("a page with a wrong CRC");
}

function levelsOf(bytes: Uint8Array, start: number, end: number, max: number, count: number): Uint8Array | null {
  if (max === 0) return null;
  const levels = new Uint8Array(count);
  decodeHybrid(bytes, start, end, 32 - Math.clz32(max), levels);
  return levels;
}

/** Where a part that carries its length before it ends. */
function sizedEnd(bytes: Uint8Array, start: number): number {
  if (start + 4 > bytes.length) throw new ParquetDamage("levels end early");
  const size = new DataView(bytes.buffer, bytes.byteOffset + start, 4).getUint32(0, true);
  if (size > bytes.length - start - 4) throw new ParquetDamage("levels end early");
  return start + 4 + size;
}

function checkedCount(count: number): number {
  if (!Number.isInteger(count) || count < 0 || count > 2 ** 28) throw new ParquetDamage(`a page of ${count} values`);
  return count;
}
