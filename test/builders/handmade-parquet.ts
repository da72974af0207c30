import type { KeyValue, SchemaElement } from "hyparquet";
import { ParquetWriter } from "hyparquet-writer";
import {
  NOTHING,
  writeColumnChunk,
  type DictionaryPage,
  type PageValues,
} from "../../src-main/core/archive/parquet/column-chunk-writer.ts";
import { FileSink } from "../../src-main/core/archive/parquet/file-sink.ts";

export interface HandmadeColumn {
  readonly element: SchemaElement;
  readonly pages: readonly PageValues[];
  readonly dictionary?: DictionaryPage;
}

/** A Parquet file of one row group whose pages are as given, right or wrong. */
export function handmadeParquet(
  file: string,
  rows: number,
  columns: readonly HandmadeColumn[],
  keyValues: KeyValue[] = [],
): void {
  const sink = new FileSink(file);
  const writer = new ParquetWriter({
    writer: sink,
    schema: [{ name: "root", num_children: columns.length }, ...columns.map(({ element }) => element)],
    kvMetadata: keyValues,
  });
  const chunks = columns.map(({ element, pages, dictionary }) =>
    writeColumnChunk(sink, {
      element,
      path: [element.name],
      dictionary: dictionary ?? null,
      pages,
      statistics: undefined,
    }),
  );
  writer.row_groups.push({ columns: chunks, total_byte_size: 0n, num_rows: BigInt(rows) });
  writer.num_rows = BigInt(rows);
  void writer.finish();
  sink.close();
}

/** A page of a required column in PLAIN encoding. */
export function plainPage(values: number, body: Uint8Array): PageValues {
  return { values, nulls: 0, rows: values, repetition: NOTHING, definition: NOTHING, body, encoding: "PLAIN" };
}

export function nanoColumn(name: string, times: readonly bigint[]): HandmadeColumn {
  return {
    element: {
      name,
      type: "INT64",
      repetition_type: "REQUIRED",
      logical_type: { type: "TIMESTAMP", isAdjustedToUTC: true, unit: "NANOS" },
    },
    pages: [plainPage(times.length, new Uint8Array(BigInt64Array.from(times).buffer))],
  };
}

export function textColumn(name: string, texts: readonly string[]): HandmadeColumn {
  const body = Buffer.concat(
    texts.flatMap((text) => {
      const size = Buffer.alloc(4);
      size.writeUInt32LE(Buffer.byteLength(text));
      return [size, Buffer.from(text)];
    }),
  );
  return {
    element: { name, type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "REQUIRED" },
    pages: [plainPage(texts.length, body)],
  };
}
