import { brotliCompressSync, gzipSync, zstdCompressSync } from "node:zlib";
import fc from "fast-check";
import { readRleBitPackedHybrid } from "hyparquet/src/encoding.js";
import { compressSync } from "lz4-napi";
import snappy from "snappy";
import { describe, expect, it } from "vitest";
import { openForeignParquet } from "../../../src-main/core/archive/parquet/open-foreign-parquet.ts";
import { BitPacker, bitsFor, constantRun } from "../../../src-main/core/archive/parquet/hybrid-encoding.ts";
import { decodeHybrid } from "../../../src-main/core/archive/parquet/hybrid-decoding.ts";
import { unpackInto } from "../../../src-main/core/archive/parquet/page-codecs.ts";
import { handmadeParquet, nanoColumn, plainPage, textColumn } from "../../builders/handmade-parquet.ts";
import { openContents, readBlocks } from "../../builders/parquet-archives.ts";
import { temporaryDirectory } from "../../builders/temporary-directory.ts";

describe("runs and packed bits", () => {
  const packed = fc.integer({ min: 1, max: 24 }).chain((width) =>
    fc.record({
      width: fc.constant(width),
      values: fc.array(fc.nat(2 ** width - 1), { minLength: 1, maxLength: 100 }),
    }),
  );

  it("come back as they were packed, and as hyparquet unpacks them", () => {
    fc.assert(
      fc.property(packed, ({ width, values }) => {
        const packer = new BitPacker(width, 4);
        for (const value of values) packer.push(value);
        const run = packer.finish();
        const ours = new Uint32Array(values.length);
        decodeHybrid(run, 0, run.length, width, ours);
        expect([...ours]).toEqual(values);
        const theirs: number[] = Array.from({ length: values.length }, () => 0);
        readRleBitPackedHybrid({ view: new DataView(run.buffer), offset: 0 }, width, theirs, run.length);
        expect(theirs).toEqual(values);
      }),
    );
  });

  it("hold values of up to 32 bits", () => {
    const run = Uint8Array.from([
      3,
      ...new Uint8Array(Uint32Array.of(0xffff_ffff, 1, 0x8000_0000, 4, 5, 6, 7, 8).buffer),
    ]);
    const values = new Uint32Array(8);
    decodeHybrid(run, 0, run.length, 32, values);
    expect([...values]).toEqual([0xffff_ffff, 1, 0x8000_0000, 4, 5, 6, 7, 8]);
  });

  it("of one value are one run", () => {
    const run = constantRun(5, 1_000, bitsFor(6));
    const values = new Uint32Array(1_000);
    decodeHybrid(run, 0, run.length, 3, values);
    expect(new Set(values)).toEqual(new Set([5]));
    expect(run.length).toBe(3);
  });

  it("write no further than was asked for, whatever count they claim, and end early with an error", () => {
    const endless = constantRun(1, 2 ** 30, 8);
    const values = new Uint32Array(10);
    decodeHybrid(endless, 0, endless.length, 8, values);
    expect([...values]).toEqual(Array.from({ length: 10 }, () => 1));
    expect(() => decodeHybrid(endless, 0, endless.length - 1, 8, values)).toThrow("without a value");
    expect(() => decodeHybrid(new Uint8Array(0), 0, 0, 8, values)).toThrow("end early");
  });
});

describe("packed pages", () => {
  const text = Buffer.from("a line of text, and again a line of text".repeat(20));
  /** lz4-napi puts the size before its block. */
  const lz4 = compressSync(text).subarray(4);
  const frame = (unpacked: number, block: Uint8Array) => {
    const sizes = Buffer.alloc(8);
    sizes.writeUInt32BE(unpacked, 0);
    sizes.writeUInt32BE(block.length, 4);
    return Buffer.concat([sizes, block]);
  };
  it.each([
    ["UNCOMPRESSED", text],
    ["SNAPPY", snappy.compressSync(text)],
    ["GZIP", gzipSync(text)],
    ["ZSTD", zstdCompressSync(text)],
    ["BROTLI", brotliCompressSync(text)],
    ["LZ4_RAW", lz4],
    ["LZ4", frame(text.length, lz4)],
    ["LZ4", lz4],
    [
      "LZ4",
      Buffer.concat([
        frame(100, compressSync(text.subarray(0, 100)).subarray(4)),
        frame(text.length - 100, compressSync(text.subarray(100)).subarray(4)),
      ]),
    ],
  ] as const)("are unpacked from %s, and refused where their size is another", (codec, packed) => {
    const target = Buffer.alloc(text.length);
    unpackInto(codec, packed, target);
    expect(target.equals(text)).toBe(true);
    expect(() => unpackInto(codec, packed, Buffer.alloc(text.length - 1))).toThrow();
    expect(() => unpackInto(codec, packed, Buffer.alloc(text.length + 1))).toThrow();
  });

  it("cannot claim a size that is allocated before it is checked", () => {
    // Snappy's preamble says 4 GB.
    expect(() => unpackInto("SNAPPY", Uint8Array.from([0xff, 0xff, 0xff, 0xff, 0x0f, 0]), Buffer.alloc(10))).toThrow(
      "4294967295 bytes",
    );
    expect(() => unpackInto("LZO", text, Buffer.alloc(10))).toThrow("LZO");
  });
});

describe("Parquet of others, made by hand", () => {
  const times = [1_763_683_200_000_000_001n, 1_763_683_200_000_000_002n];

  it("may have two columns of one name: the first that fits is taken, the other gets a number", async () => {
    using directory = temporaryDirectory();
    const file = directory.file("twice.parquet");
    handmadeParquet(file, 2, [
      nanoColumn("timestamp", times),
      textColumn("line", ["one", "two"]),
      textColumn("line", ["not this", "nor this"]),
      textColumn("app", ["a", "b"]),
      textColumn("app", ["x", "y"]),
    ]);
    const { rows } = await readBlocks((await openContents(openForeignParquet, file)).blocks);
    expect(rows.map(({ line, labels }) => [line.toString(), labels])).toEqual([
      ["one", { line: "not this", app: "a", app_2: "x" }],
      ["two", { line: "nor this", app: "b", app_2: "y" }],
    ]);
  });

  it("may have its times as INT96", async () => {
    using directory = temporaryDirectory();
    const file = directory.file("spark.parquet");
    const body = Buffer.alloc(24);
    for (const [row, ns] of times.entries()) {
      body.writeBigInt64LE(ns % 86_400_000_000_000n, row * 12);
      body.writeUInt32LE(Number(ns / 86_400_000_000_000n) + 2_440_588, row * 12 + 8);
    }
    handmadeParquet(file, 2, [
      { element: { name: "time", type: "INT96", repetition_type: "REQUIRED" }, pages: [plainPage(2, body)] },
      textColumn("message", ["one", "two"]),
    ]);
    const { blocks } = await openContents(openForeignParquet, file);
    expect(blocks[0]).toMatchObject({ minNs: times[0], maxNs: times[1] });
    expect((await readBlocks(blocks)).rows.map(({ timestampNs }) => timestampNs)).toEqual(times);
  });

  it("has its name as a label where it has no other, so that a selector can take its rows", async () => {
    using directory = temporaryDirectory();
    const file = directory.file("bare.parquet");
    handmadeParquet(file, 2, [nanoColumn("timestamp", times), textColumn("line", ["one", "two"])]);
    const { rows } = await readBlocks((await openContents(openForeignParquet, file)).blocks);
    expect(rows.map(({ labels }) => labels)).toEqual([{ filename: "bare.parquet" }, { filename: "bare.parquet" }]);
  });

  it("has names of labels that LogQL can use", async () => {
    using directory = temporaryDirectory();
    const file = directory.file("names.parquet");
    handmadeParquet(file, 2, [
      nanoColumn("@timestamp", times),
      textColumn("msg", ["one", "two"]),
      textColumn("k8s.pod name", ["p", "p"]),
      textColumn("9lives", ["cat", ""]),
    ]);
    const { rows } = await readBlocks((await openContents(openForeignParquet, file)).blocks);
    expect(rows.map(({ labels }) => labels)).toEqual([{ k8s_pod_name: "p", _9lives: "cat" }, { k8s_pod_name: "p" }]);
  });
});
