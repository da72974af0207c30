import { join } from "node:path";
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { parquetReadObjects } from "hyparquet";
import { describe, expect, it } from "vitest";
import { openKubemateArchive } from "../../../src-main/core/archive/parquet/open-kubemate-archive.ts";
import { EXACT_PARSERS } from "../../../src-main/core/archive/parquet/parquet-footer.ts";
import type { PlainRow } from "../../builders/log-batches.ts";
import { expectedRow, openContents, readBlocks, writeArchive, writeSlice } from "../../builders/parquet-archives.ts";
import { temporaryDirectory } from "../../builders/temporary-directory.ts";

const START_NS = 1_763_683_190_000_000_000n;

const hostileName = fc.constantFrom(
  "line",
  "timestamp",
  "labels",
  "tenant",
  "App",
  "app",
  "应用",
  "a.b",
  "__proto__",
  "x y",
);
const name = fc.oneof(hostileName, fc.string({ minLength: 1, maxLength: 12, unit: "grapheme" }));
const labelSet = fc.dictionary(name, fc.string({ unit: "grapheme" }), { maxKeys: 4 });
const line = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.constant(""),
  fc.uint8Array({ maxLength: 40 }),
  fc.constant(Buffer.from("\uFEFFwith a byte order mark")),
);
const row = fc.record({
  // Ties are frequent, and days change.
  afterNs: fc.oneof(fc.constant(0n), fc.bigInt(0n, 3n), fc.bigInt(0n, 20_000_000_000n)),
  labels: labelSet,
  line,
  metadata: fc.option(labelSet, { nil: undefined }),
  parsed: fc.option(labelSet, { nil: undefined }),
});

/** Ascending in time, across midnight. */
const rows = fc.array(row, { minLength: 1, maxLength: 60 }).map((drawn) => {
  let timestampNs = START_NS;
  return drawn.map(({ afterNs, labels, line: text, metadata, parsed }): PlainRow => {
    timestampNs += afterNs;
    return {
      timestampNs,
      labels,
      line: text,
      ...(metadata === undefined ? {} : { metadata }),
      ...(parsed === undefined ? {} : { parsed }),
    };
  });
});

describe("an archive of Parquet", () => {
  it("gives back every row as it was: bytes, nanoseconds, labels, metadata", async () => {
    await fc.assert(
      fc.asyncProperty(rows, fc.integer({ min: 1, max: 30 }), async (written, batchRows) => {
        using directory = temporaryDirectory();
        writeSlice(directory.path, written, { batchRows });
        const { blocks } = await openContents(openKubemateArchive, directory.path);
        const read = await readBlocks(blocks);
        expect(read.problems).toEqual([]);
        expect(read.rows).toEqual(written.map((plain) => expectedRow(plain)));
      }),
      { numRuns: 60 },
    );
  });

  it("reads the same with hyparquet, whose reader is another", async () => {
    await fc.assert(
      fc.asyncProperty(rows, async (written) => {
        using directory = temporaryDirectory();
        const { files } = writeSlice(directory.path, written);
        const found: Record<string, unknown>[] = [];
        for (const { path } of files) {
          const bytes = readFileSync(join(directory.path, path));
          const file = Uint8Array.from(bytes).buffer;
          found.push(
            ...(await parquetReadObjects({
              file,
              parsers: { timestampFromNanoseconds: EXACT_PARSERS.timestampFromNanoseconds },
            })),
          );
        }
        expect(found.map(({ timestamp }) => timestamp)).toEqual(written.map(({ timestampNs }) => timestampNs));
        // hyparquet drops a byte order mark, as a TextDecoder does unless told not to.
        const text = (bytes: string | Uint8Array) =>
          Buffer.from(bytes as Uint8Array)
            .toString()
            .replace(/^\uFEFF/, "");
        expect(found.map(({ line: read }) => read)).toEqual(written.map(({ line: bytes }) => text(bytes)));
        expect(found.map(({ metadata }) => pairs(metadata))).toEqual(written.map(({ metadata }) => pairs(metadata)));
        expect(found.map(({ labels }) => pairs(labels))).toEqual(written.map(({ labels }) => pairs(labels)));
      }),
      { numRuns: 40 },
    );
  });

  it("keeps a line of 20 MB, and of nothing, among others", async () => {
    using directory = temporaryDirectory();
    const long = Buffer.alloc(20 * 1024 * 1024, "abcdefghij");
    const written: PlainRow[] = ["before", long, "", long, "after"].map((text, index) => ({
      timestampNs: START_NS + BigInt(index),
      labels: { app: "pay" },
      line: text,
    }));
    await writeArchive(directory.path, { acme: written });
    const { blocks } = await openContents(openKubemateArchive, directory.path);
    const read = await readBlocks(blocks);
    expect(read.rows.map(({ line: bytes }) => bytes.length)).toEqual([6, long.length, 0, long.length, 5]);
    expect(read.rows[3]?.line.equals(long)).toBe(true);
    // Two such lines are no row group together: what a block holds stays bounded.
    expect(Math.max(...blocks.map(({ bytes }) => bytes))).toBeLessThan(33 * 1024 * 1024);
  });

  it("keeps metadata that is never the same, among rows without any", async () => {
    using directory = temporaryDirectory();
    const written = Array.from({ length: 5_000 }, (_, index): PlainRow => ({
      timestampNs: START_NS + BigInt(index),
      labels: { app: "pay" },
      line: `line ${index}`,
      ...(index % 7 === 0 ? {} : { metadata: { trace_id: `追踪-${index}`, 'odd "name"': "," } }),
      ...(index % 11 === 0 ? { parsed: { n: String(index) } } : {}),
    }));
    writeSlice(directory.path, written, { batchRows: 300 });
    const { blocks } = await openContents(openKubemateArchive, directory.path);
    expect((await readBlocks(blocks)).rows).toEqual(written.map((plain) => expectedRow(plain)));
  });

  it("says of each block its bounds, rows and streams, without reading it", async () => {
    using directory = temporaryDirectory();
    const written = Array.from({ length: 70_000 }, (_, index): PlainRow => ({
      timestampNs: START_NS + BigInt(index) * 1_000n,
      labels: { app: index < 66_000 ? "early" : "late", region: "r1" },
      line: `line ${index}`,
    }));
    await writeArchive(directory.path, { acme: written });
    const { blocks, completeness, tenants, problems } = await openContents(openKubemateArchive, directory.path);
    expect(blocks.map(({ rows: count }) => count)).toEqual([65_536, 70_000 - 65_536]);
    expect(blocks[0]).toMatchObject({ minNs: START_NS, maxNs: START_NS + 65_535_000n, sorted: true, tenant: "acme" });
    expect(blocks.map(({ streams }) => streams?.map(({ app }) => app))).toEqual([["early"], ["early", "late"]]);
    expect({ completeness: completeness.verdict, tenants, problems }).toEqual({
      completeness: "complete",
      tenants: ["acme"],
      problems: [],
    });
  });
});

function pairs(labels: unknown): string[] {
  return (
    Object.entries(labels ?? {})
      // hyparquet sets it as the object's prototype.
      .filter(([key]) => key !== "__proto__")
      .map(([key, value]) => `${key.replace(/^\uFEFF/, "")}=${String(value).replace(/^\uFEFF/, "")}`)
      .sort()
  );
}
