import { readFileSync } from "node:fs";
import fc from "fast-check";
import { parquetReadObjects, type Encoding, type SchemaElement } from "hyparquet";
import { fileWriter, parquetWrite } from "hyparquet-writer";
import { describe, expect, it } from "vitest";
import { openForeignParquet } from "../../../src-main/core/archive/parquet/open-foreign-parquet.ts";
import { openContents, readBlocks } from "../../builders/parquet-archives.ts";
import { temporaryDirectory } from "../../builders/temporary-directory.ts";

const TEXT_ENCODINGS = ["PLAIN", "RLE_DICTIONARY", "DELTA_LENGTH_BYTE_ARRAY", "DELTA_BYTE_ARRAY"] as const;
const NUMBER_ENCODINGS = ["PLAIN", "RLE_DICTIONARY", "DELTA_BINARY_PACKED", "BYTE_STREAM_SPLIT"] as const;

const schema: SchemaElement[] = [
  { name: "root", num_children: 4 },
  {
    name: "time",
    type: "INT64",
    repetition_type: "REQUIRED",
    logical_type: { type: "TIMESTAMP", isAdjustedToUTC: true, unit: "NANOS" },
  },
  { name: "line", type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "OPTIONAL" },
  { name: "app", type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "OPTIONAL" },
  { name: "code", type: "INT32", repetition_type: "OPTIONAL" },
];

/** No byte order marks: hyparquet's reader drops them. */
const text = fc.string({ unit: "grapheme", maxLength: 12 }).filter((value) => !value.startsWith("\uFEFF"));
const row = fc.record({
  time: fc.bigInt(-(2n ** 62n), 2n ** 62n - 1n),
  line: fc.option(text),
  app: fc.option(fc.constantFrom("pay", "core", "应用")),
  code: fc.option(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })),
});

describe("Parquet in every encoding that hyparquet-writer has", () => {
  it("reads as hyparquet reads it", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { minLength: 1, maxLength: 300 }),
        fc.constantFrom<Encoding>(...TEXT_ENCODINGS),
        fc.constantFrom<Encoding>(...NUMBER_ENCODINGS),
        fc.constantFrom(64, 1_000_000),
        async (rows, texts, numbers, pageSize) => {
          using directory = temporaryDirectory();
          const file = directory.file("f.parquet");
          const column = <Name extends keyof (typeof rows)[number]>(name: Name, encoding: Encoding) => ({
            name,
            data: rows.map((drawn) => drawn[name]),
            encoding,
          });
          await parquetWrite({
            writer: fileWriter(file),
            schema,
            pageSize,
            rowGroupSize: 100,
            codec: "SNAPPY",
            columnData: [
              { ...column("time", numbers), data: BigInt64Array.from(rows, ({ time }) => time) },
              column("line", texts),
              column("app", texts),
              column("code", numbers),
            ],
          });
          const theirs = await parquetReadObjects({
            file: Uint8Array.from(readFileSync(file)).buffer,
            parsers: { timestampFromNanoseconds: (ns) => ns },
          });
          const { blocks } = await openContents(openForeignParquet, file);
          const read = await readBlocks(blocks);
          expect(read.problems).toEqual([]);
          expect(
            read.rows.map(({ timestampNs, line, labels, metadata }) => ({
              time: timestampNs,
              line: line.toString(),
              app: labels["app"] ?? "",
              code: metadata?.["code"] ?? "",
            })),
          ).toEqual(
            theirs.map(({ time, line, app, code }) => ({
              time,
              line: line ?? "",
              app: app ?? "",
              code: code === null || code === undefined ? "" : String(code),
            })),
          );
        },
      ),
      { numRuns: 120 },
    );
  });
});
