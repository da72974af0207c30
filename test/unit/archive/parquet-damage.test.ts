import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { AppError, hasCode } from "../../../src-shared/errors/app-error.ts";
import { createParquetBlockDecoder } from "../../../src-main/core/archive/parquet/decode-parquet-block.ts";
import { openForeignParquet } from "../../../src-main/core/archive/parquet/open-foreign-parquet.ts";
import { openKubemateArchive } from "../../../src-main/core/archive/parquet/open-kubemate-archive.ts";
import { readFooter } from "../../../src-main/core/archive/parquet/parquet-footer.ts";
import { thriftStructEnd } from "../../../src-main/core/archive/parquet/thrift-bounds.ts";
import type { PlainRow } from "../../builders/log-batches.ts";
import { handmadeParquet, nanoColumn, plainPage, textColumn } from "../../builders/handmade-parquet.ts";
import { openContents, readBlocks, writeArchive } from "../../builders/parquet-archives.ts";
import { temporaryDirectory } from "../../builders/temporary-directory.ts";

const START_NS = 1_763_683_200_000_000_000n;

/** Five pages of lines in two row groups; nothing that packs well, so that a changed byte is a changed page. */
const rows: PlainRow[] = Array.from({ length: 70_000 }, (_, index) => ({
  timestampNs: START_NS + BigInt(index),
  labels: { app: "pay" },
  line: `line ${index} ${(Math.imul(index + 1, 2_654_435_761) >>> 0).toString(36)}`,
  ...(index % 2 === 0 ? { metadata: { trace: `t${index}` } } : {}),
}));
let whole: Buffer;

beforeAll(async () => {
  using directory = temporaryDirectory();
  const [file] = (await writeArchive(directory.path, { acme: rows })).files;
  whole = readFileSync(join(directory.path, file?.path ?? ""));
});

/** Where a column of a row group begins. */
function columnAt(bytes: Buffer, column: string, rowGroup: number): number {
  using directory = temporaryDirectory();
  writeFileSync(directory.file("f.parquet"), bytes);
  const footer = readFooter(directory.file("f.parquet"));
  const leaf = footer?.leaves.find(({ path }) => path.join(".") === column);
  const metadata = footer?.rowGroups[rowGroup]?.columns[leaf?.index ?? -1]?.meta_data;
  return Number(metadata?.dictionary_page_offset ?? metadata?.data_page_offset);
}

function changed(at: number): Buffer {
  const bytes = Buffer.from(whole);
  bytes.writeUInt8((bytes.readUInt8(at) + 1) & 0xff, at);
  return bytes;
}

async function opened(bytes: Uint8Array) {
  const directory = temporaryDirectory();
  const file = directory.file("f.parquet");
  writeFileSync(file, bytes);
  const { blocks } = await openContents(openKubemateArchive, file);
  return { directory, blocks };
}

describe("a damaged Parquet file", () => {
  it("loses the lines of a damaged page, says how many and when, and gives all others", async () => {
    const { directory, blocks } = await opened(changed(columnAt(whole, "line", 0) + 5_000));
    using _ = directory;
    const decode = createParquetBlockDecoder();
    const decoded = await decode({ kind: "parquet", file: directory.file("f.parquet"), rowGroup: 0 });
    const [problem] = decoded.problems;
    expect(problem).toMatchObject({
      error: {
        code: "archive.damaged",
        params: { part: "f.parquet, row group 0", problem: "a page with a wrong CRC" },
      },
      startNs: START_NS,
    });
    expect(decoded.rowCount + (problem?.count ?? 0)).toBe(65_536);
    expect(problem?.count).toBeGreaterThan(1_000);
    const first = problem?.count ?? 0;
    const read = await readBlocks(blocks);
    expect(read.rows.length).toBe(70_000 - first);
    // Columns still belong together.
    expect(read.rows[0]).toMatchObject({ timestampNs: START_NS + BigInt(first), labels: { app: "pay" } });
    expect(read.rows[0]?.line.toString()).toBe(rows[first]?.line);
    expect(read.rows.find(({ timestampNs }) => timestampNs === START_NS + 60_000n)?.metadata).toEqual({
      trace: "t60000",
    });
  });

  it("with damaged times gives the other row groups", async () => {
    const { directory, blocks } = await opened(changed(columnAt(whole, "timestamp", 0) + 5_000));
    using _ = directory;
    const failure = await readBlocks(blocks.slice(0, 1)).catch((error: unknown) => error);
    expect(hasCode(failure, "archive.damaged") && failure.params.part).toBe("f.parquet, row group 0");
    expect((await readBlocks(blocks.slice(1))).rows.length).toBe(70_000 - 65_536);
  });

  it("with damaged metadata gives the rows without, and says so once it was asked for", async () => {
    const { directory } = await opened(changed(columnAt(whole, "metadata.key_value.value", 0) + 5_000));
    using _ = directory;
    const decode = createParquetBlockDecoder();
    const decoded = await decode({ kind: "parquet", file: directory.file("f.parquet"), rowGroup: 0 });
    expect(decoded.problems).toEqual([]);
    expect(decoded.metadata?.(0)).toBeUndefined();
    expect(decoded.metadata?.(2)).toBeUndefined();
    expect(decoded.problems.map(({ error, count }) => [error.code, count])).toEqual([["archive.damaged", 32_768]]);
  });

  it("that was cut is told as cut, wherever that was", async () => {
    const cuts = [whole.length - 1, whole.length - 8, Math.floor(whole.length / 2), 100, 12, 8, 5];
    for (const length of cuts) {
      using directory = temporaryDirectory();
      const file = directory.file("f.parquet");
      writeFileSync(file, whole.subarray(0, length));
      const failure = await openContents(openKubemateArchive, file).catch((error: unknown) => error);
      expect(hasCode(failure, "archive.truncated") && failure.params).toEqual({ part: "f.parquet", atByte: length });
    }
  });

  it("that was written anew since it was opened is read as it is now, or said to be another", async () => {
    const { directory } = await opened(whole);
    using _ = directory;
    const file = directory.file("f.parquet");
    const decode = createParquetBlockDecoder();
    expect((await decode({ kind: "parquet", file, rowGroup: 1 })).rowCount).toBe(70_000 - 65_536);
    const [smaller] = (await writeArchive(directory.file("new"), { acme: rows.slice(0, 10) })).files;
    writeFileSync(file, readFileSync(join(directory.file("new"), smaller?.path ?? "")));
    expect((await decode({ kind: "parquet", file, rowGroup: 0 })).rowCount).toBe(10);
    const failure = await Promise.resolve(decode({ kind: "parquet", file, rowGroup: 1 })).catch(
      (error: unknown) => error,
    );
    expect(hasCode(failure, "archive.changed")).toBe(true);
  });

  it("whatever its bytes, ends in rows or in an error of ours, and soon", async () => {
    using source = temporaryDirectory();
    const [small] = (await writeArchive(source.path, { acme: rows.slice(0, 40) })).files;
    const bytes = readFileSync(join(source.path, small?.path ?? ""));
    const change = fc.tuple(fc.nat(bytes.length - 1), fc.nat(255));
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 6 }), async (changes) => {
        using directory = temporaryDirectory();
        const file = directory.file("f.parquet");
        const hostile = Buffer.from(bytes);
        for (const [at, value] of changes) hostile.writeUInt8(value, at);
        writeFileSync(file, hostile);
        const began = performance.now();
        for (const opener of [openKubemateArchive, openForeignParquet]) {
          try {
            await readBlocks((await openContents(opener, file)).blocks);
          } catch (error) {
            const unknown = error instanceof Error && error.message.startsWith("not opened");
            if (!unknown) expect(error).toBeInstanceOf(AppError);
          }
        }
        expect(performance.now() - began).toBeLessThan(5_000);
      }),
      { numRuns: 400 },
    );
  });
});

describe("hostile metadata", () => {
  it("cannot claim lists longer than its bytes, nor nest without end", () => {
    // Field 1, a list of 2^28 structs.
    expect(() => thriftStructEnd(Uint8Array.from([0x19, 0xfc, 0x80, 0x80, 0x80, 0x80, 0x01]), 0)).toThrow("a list of");
    // Field 1, a struct in a struct in a struct …
    expect(() => thriftStructEnd(new Uint8Array(1_000).fill(0x1c), 0)).toThrow("too deep");
    expect(() => thriftStructEnd(new Uint8Array(1_000).fill(0x19), 0)).toThrow();
    expect(() => thriftStructEnd(Uint8Array.from([0x16, ...new Uint8Array(20).fill(0xff)]), 0)).toThrow("endless");
    expect(() => thriftStructEnd(Uint8Array.from([0x18, 0xff, 0x7f, 0]), 0)).toThrow("ends early");
    expect(thriftStructEnd(Uint8Array.from([0x15, 0x02, 0x00]), 0)).toBe(3);
  });

  const times = [START_NS, START_NS + 1n];
  it.each([
    ["more values than its page has", 2, [plainPage(2, Uint8Array.of(1, 0, 0, 0, 97))]],
    ["a text longer than its page", 2, [plainPage(2, Uint8Array.of(255, 255, 255, 255, 97, 0, 0, 0))]],
    ["fewer values than rows", 2, [plainPage(1, Uint8Array.of(1, 0, 0, 0, 97))]],
    [
      "indexes without a dictionary",
      2,
      [{ ...plainPage(2, Uint8Array.of(1, 4, 0)), encoding: "RLE_DICTIONARY" as const }],
    ],
    ["an encoding that is none of texts", 2, [{ ...plainPage(2, Uint8Array.of(1, 4, 0)), encoding: "RLE" as const }]],
    [
      "delta blocks of no values",
      2,
      [{ ...plainPage(2, Uint8Array.of(0, 0, 2, 0, 0)), encoding: "DELTA_LENGTH_BYTE_ARRAY" as const }],
    ],
    [
      "delta blocks of 2^31 parts",
      2,
      [
        {
          ...plainPage(2, Uint8Array.of(0x80, 0x80, 0x80, 0x80, 8, 0x80, 0x80, 0x80, 0x80, 8, 2, 0)),
          encoding: "DELTA_BYTE_ARRAY" as const,
        },
      ],
    ],
  ])("such as %s is damage, no hang", async (_, count, pages) => {
    using directory = temporaryDirectory();
    const file = directory.file("f.parquet");
    handmadeParquet(file, count, [nanoColumn("ts", times), { ...textColumn("line", []), pages }]);
    const { blocks } = await openContents(openForeignParquet, file);
    const outcome = await readBlocks(blocks).catch((error: unknown) => error);
    if (outcome instanceof Error) expect(hasCode(outcome, "archive.damaged")).toBe(true);
    else expect(outcome).toMatchObject({ rows: [], problems: ["archive.damaged f.parquet, row group 0"] });
  });

  it("such as a row group of two thousand million rows is damage", async () => {
    using directory = temporaryDirectory();
    const file = directory.file("f.parquet");
    handmadeParquet(file, 2_000_000_000, [nanoColumn("ts", times), textColumn("line", ["a", "b"])]);
    const failure = await openContents(openForeignParquet, file).catch((error: unknown) => error);
    expect(hasCode(failure, "archive.damaged") && failure.params.problem).toBe("row group 0 of 2000000000 rows");
  });
});
