import { crc32 } from "node:zlib";
import type { ColumnChunk, Encoding, SchemaElement, Statistics } from "hyparquet";
import { type ByteWriter } from "hyparquet-writer";
import { writePageHeader } from "hyparquet-writer/src/datapage.js";
import snappy from "snappy";

/** One data page before compression: levels and values, each already encoded. */
export interface PageValues {
  readonly values: number;
  readonly nulls: number;
  readonly rows: number;
  readonly repetition: Uint8Array;
  readonly definition: Uint8Array;
  readonly body: Uint8Array;
  readonly encoding: Encoding;
}

/** The distinct values of a chunk, PLAIN. */
export interface DictionaryPage {
  readonly count: number;
  readonly body: Uint8Array;
}

export interface ChunkParts {
  readonly element: SchemaElement;
  readonly path: readonly string[];
  readonly dictionary: DictionaryPage | null;
  readonly pages: Iterable<PageValues>;
  readonly statistics: Statistics | undefined;
}

export const NOTHING = new Uint8Array(0);

/**
 * Writes one column of a row group: the library's headers around pages of our own.
 *
 * hyparquet-writer's own column encoder takes one JavaScript value a row and level, which for lines, times and a map of four
 * labels costs 4 µs a row; rows are bytes in columns here, and most pages are made of them by copying. Pages are data
 * pages v2, snappy, with CRC-32, so that a damaged page is known as such.
 */
export function writeColumnChunk(writer: ByteWriter, parts: ChunkParts): ColumnChunk {
  const began = writer.offset;
  const encodings = new Set<Encoding>();
  let uncompressed = 0;
  let valueCount = 0;
  let dictionaryOffset: bigint | undefined;
  if (parts.dictionary !== null) {
    dictionaryOffset = BigInt(writer.offset);
    uncompressed += writeDictionary(writer, parts.dictionary);
    encodings.add("PLAIN");
  }
  const dataOffset = BigInt(writer.offset);
  for (const page of parts.pages) {
    uncompressed += writePage(writer, page);
    valueCount += page.values;
    encodings.add(page.encoding);
  }
  const { type } = parts.element;
  if (type === undefined) throw new Error(`no column: ${parts.element.name}`);
  return {
    file_offset: BigInt(began),
    meta_data: {
      type,
      encodings: [...encodings],
      path_in_schema: [...parts.path],
      codec: "SNAPPY",
      num_values: BigInt(valueCount),
      total_uncompressed_size: BigInt(uncompressed),
      total_compressed_size: BigInt(writer.offset - began),
      data_page_offset: dataOffset,
      ...(dictionaryOffset === undefined ? {} : { dictionary_page_offset: dictionaryOffset }),
      ...(parts.statistics === undefined ? {} : { statistics: parts.statistics }),
    },
  };
}

function writeDictionary(writer: ByteWriter, page: DictionaryPage): number {
  const packed = pack(page.body);
  const began = writer.offset;
  writePageHeader(writer, {
    type: "DICTIONARY_PAGE",
    uncompressed_page_size: page.body.length,
    compressed_page_size: packed.length,
    crc: crc32(packed) | 0,
    dictionary_page_header: { num_values: page.count, encoding: "PLAIN" },
  });
  const header = writer.offset - began;
  writer.appendBytes(packed);
  return header + page.body.length;
}

function writePage(writer: ByteWriter, page: PageValues): number {
  const levels = page.repetition.length + page.definition.length;
  // No values, nothing to pack: a page of nulls or of empty maps.
  const compressed = page.body.length > 0;
  const packed = compressed ? pack(page.body) : page.body;
  const began = writer.offset;
  writePageHeader(writer, {
    type: "DATA_PAGE_V2",
    uncompressed_page_size: levels + page.body.length,
    compressed_page_size: levels + packed.length,
    crc: crc32(packed, crc32(page.definition, crc32(page.repetition))) | 0,
    data_page_header_v2: {
      num_values: page.values,
      num_nulls: page.nulls,
      num_rows: page.rows,
      encoding: page.encoding,
      definition_levels_byte_length: page.definition.length,
      repetition_levels_byte_length: page.repetition.length,
      is_compressed: compressed,
    },
  });
  const header = writer.offset - began;
  writer.appendBytes(page.repetition);
  writer.appendBytes(page.definition);
  writer.appendBytes(packed);
  return header + levels + page.body.length;
}

/** Buffers outside of V8's memory are forbidden in Electron, hence the copy. */
function pack(bytes: Uint8Array): Uint8Array {
  return snappy.compressSync(bytes, { copyOutputData: true });
}
