import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { parquetReadObjects } from "hyparquet";
import { describe, expect, it } from "vitest";
import { AppError, hasCode } from "../../../src-shared/errors/app-error.ts";
import { openForeignParquet } from "../../../src-main/core/archive/parquet/open-foreign-parquet.ts";
import { openKubemateArchive } from "../../../src-main/core/archive/parquet/open-kubemate-archive.ts";
import { duckDb } from "../../builders/duckdb-stranger.ts";
import { openContents, openParts, readBlocks, writeArchive } from "../../builders/parquet-archives.ts";
import { temporaryDirectory } from "../../builders/temporary-directory.ts";

const START_NS = 1_763_683_200_000_000_000n;

/** 5,000 rows: a label of five values, one that is null at times, a text of as many values as rows, a number. */
const TABLE = `SELECT make_timestamp_ns(${START_NS} + i * 1000001) AS ts, 'request ' || i || ' status=' || (i % 7) AS message,
  'svc-' || (i % 5) AS app, CASE WHEN i % 3 = 0 THEN NULL ELSE 'zone-' || (i % 2) END AS zone,
  'trace-' || i AS trace_id, (i * 3)::INTEGER AS bytes FROM range(5000) t(i)`;

describe("Parquet that DuckDB wrote", () => {
  for (const codec of ["uncompressed", "snappy", "gzip", "zstd", "brotli", "lz4_raw"]) {
    for (const version of ["V1", "V2"]) {
      it(`is read with codec ${codec} and encodings of ${version}`, async () => {
        using directory = temporaryDirectory();
        const file = directory.file("logs.parquet");
        using db = await duckDb();
        await db.run(
          `COPY (${TABLE}) TO '${file}' (FORMAT parquet, CODEC '${codec}', PARQUET_VERSION '${version}', ROW_GROUP_SIZE 2048)`,
        );
        const { blocks, tenants, assumptions } = await openContents(openForeignParquet, file);
        expect({ tenants, assumptions }).toEqual({ tenants: ["archive"], assumptions: { zone: "UTC" } });
        expect(blocks.map(({ rows }) => rows)).toEqual([2_048, 2_048, 904]);
        expect(blocks[0]).toMatchObject({ minNs: START_NS, maxNs: START_NS + 2_047n * 1_000_001n });
        const { rows, problems } = await readBlocks(blocks);
        expect(problems).toEqual([]);
        expect(rows).toEqual(
          Array.from({ length: 5_000 }, (_, i) => ({
            tenant: "archive",
            timestampNs: START_NS + BigInt(i) * 1_000_001n,
            labels: i % 3 === 0 ? { app: `svc-${i % 5}` } : { app: `svc-${i % 5}`, zone: `zone-${i % 2}` },
            line: Buffer.from(`request ${i} status=${i % 7}`),
            metadata: { trace_id: `trace-${i}`, bytes: String(i * 3) },
            parsed: undefined,
          })),
        );
      });
    }
  }

  it("whatever its bytes, ends in rows or in an error of ours, and soon", async () => {
    using directory = temporaryDirectory();
    const file = directory.file("logs.parquet");
    using db = await duckDb();
    await db.run(
      `COPY (SELECT *, MAP {'a': 'x' || (bytes % 3)} AS labels FROM (${TABLE}) WHERE bytes < 300)
       TO '${file}' (FORMAT parquet, CODEC 'zstd', PARQUET_VERSION 'V2')`,
    );
    const whole = readFileSync(file);
    const change = fc.tuple(fc.nat(whole.length - 1), fc.nat(255));
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 5 }), async (changes) => {
        const hostile = Buffer.from(whole);
        for (const [at, value] of changes) hostile.writeUInt8(value, at);
        writeFileSync(file, hostile);
        const began = performance.now();
        try {
          const outcome = await openForeignParquet([file], {}, openParts(directory.path));
          if (outcome?.kind === "opened") await readBlocks(outcome.contents.blocks);
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
        }
        expect(performance.now() - began).toBeLessThan(5_000);
      }),
      { numRuns: 200 },
    );
  });

  it("is read the same by hyparquet's own reader", async () => {
    using directory = temporaryDirectory();
    const file = directory.file("logs.parquet");
    using db = await duckDb();
    await db.run(
      `COPY (SELECT * FROM (${TABLE}) ORDER BY hash(trace_id)) TO '${file}' (FORMAT parquet, PARQUET_VERSION 'V2')`,
    );
    const theirs = await parquetReadObjects({
      file: Uint8Array.from(readFileSync(file)).buffer,
      parsers: { timestampFromNanoseconds: (ns) => ns },
    });
    const { blocks } = await openContents(openForeignParquet, file);
    const { rows } = await readBlocks(blocks);
    expect(
      rows.map((row) => [row.timestampNs, row.line.toString(), row.labels["app"], row.metadata?.["trace_id"]]),
    ).toEqual(theirs.map(({ ts, message, app, trace_id }) => [ts, message, app, trace_id]));
  });

  it.each([
    ["TIMESTAMP", "us", "TIMESTAMP '2025-11-21 00:00:00.123456'", 123_456_000n],
    ["TIMESTAMP_MS", "ms", "TIMESTAMP_MS '2025-11-21 00:00:00.123'", 123_000_000n],
    ["TIMESTAMPTZ", "us", "make_timestamptz(1763683200123456)", 123_456_000n],
    ["whole nanoseconds", "ns", `${START_NS + 123_456_789n}::BIGINT`, 123_456_789n],
    ["whole microseconds", "us", `${(START_NS + 123_456_000n) / 1_000n}::BIGINT`, 123_456_000n],
    ["whole milliseconds", "ms", `${START_NS / 1_000_000n + 123n}::BIGINT`, 123_000_000n],
    ["whole seconds", "s", `${START_NS / 1_000_000_000n}::BIGINT`, 0n],
  ])("has its times exact, as %s", async (_, unit, sql, afterNs) => {
    using directory = temporaryDirectory();
    const file = directory.file("logs.parquet");
    using db = await duckDb();
    await db.run(`COPY (SELECT ${sql} AS time, 'a line' AS body) TO '${file}' (FORMAT parquet)`);
    const { blocks } = await openContents(openForeignParquet, file);
    expect(blocks[0]?.place).toMatchObject({ foreign: { time: { unit } } });
    expect((await readBlocks(blocks)).rows.map(({ timestampNs }) => timestampNs)).toEqual([START_NS + afterNs]);
    expect(blocks[0]).toMatchObject({ minNs: START_NS + afterNs, maxNs: START_NS + afterNs });
  });

  it("takes times by the wall clock as those of the zone that a person says", async () => {
    using directory = temporaryDirectory();
    const file = directory.file("logs.parquet");
    using db = await duckDb();
    await db.run(
      `COPY (SELECT TIMESTAMP '2025-11-21 08:00:00' AS time, 'a line' AS body) TO '${file}' (FORMAT parquet)`,
    );
    for (const zone of ["+08:00", "Asia/Shanghai"]) {
      const { blocks } = await openContents(openForeignParquet, file, { zone });
      expect(blocks[0]?.minNs).toBe(START_NS);
      expect((await readBlocks(blocks)).rows[0]?.timestampNs).toBe(START_NS);
    }
  });

  it("may be a folder with Hive partitions, which are labels, and the tenant", async () => {
    using directory = temporaryDirectory();
    using db = await duckDb();
    await db.run(
      `COPY (SELECT *, 'acme' AS tenant, 'r' || (i % 2) AS region FROM (SELECT to_timestamp(i)::TIMESTAMP AS ts, 'line ' || i AS msg, i FROM range(10) t(i)))
       TO '${directory.path}/logs' (FORMAT parquet, PARTITION_BY (tenant, region))`,
    );
    const { blocks, tenants, kind } = await openContents(openForeignParquet, directory.file("logs"), {
      labels: { source: "spark" },
    });
    expect({ tenants, kind }).toEqual({ tenants: ["acme"], kind: "parquet" });
    const { rows } = await readBlocks(blocks);
    expect(rows.find(({ line }) => line.toString() === "line 3")).toMatchObject({
      tenant: "acme",
      timestampNs: 3_000_000_000n,
      labels: { region: "r1", source: "spark" },
    });
  });

  it("may have maps: one called labels is the stream, others are metadata", async () => {
    using directory = temporaryDirectory();
    const file = directory.file("logs.parquet");
    using db = await duckDb();
    await db.run(
      `COPY (SELECT to_timestamp(i)::TIMESTAMP AS ts, 'line ' || i AS msg, MAP {'app': 'svc-' || (i % 2)} AS labels,
         CASE WHEN i = 1 THEN NULL ELSE MAP {'trace': 't' || i, 'none': NULL} END AS attributes FROM range(3) t(i)) TO '${file}' (FORMAT parquet)`,
    );
    const { rows } = await readBlocks((await openContents(openForeignParquet, file)).blocks);
    expect(rows.map(({ labels, metadata }) => ({ labels, metadata }))).toEqual([
      { labels: { app: "svc-0" }, metadata: { trace: "t0", none: "" } },
      { labels: { app: "svc-1" }, metadata: undefined },
      { labels: { app: "svc-0" }, metadata: { trace: "t2", none: "" } },
    ]);
  });

  it("loses no row to a missing text, and tells of rows whose time is missing or past 64 bits", async () => {
    using directory = temporaryDirectory();
    const file = directory.file("logs.parquet");
    using db = await duckDb();
    await db.run(
      `COPY (SELECT * FROM (VALUES (TIMESTAMP '2025-11-21 00:00:00', NULL), (NULL, 'no time'), (TIMESTAMP '9999-01-01 00:00:00', 'far')) t(ts, msg)) TO '${file}' (FORMAT parquet)`,
    );
    const { rows, problems } = await readBlocks((await openContents(openForeignParquet, file)).blocks);
    expect(rows.map(({ line, timestampNs }) => [timestampNs, line.toString()])).toEqual([[START_NS, ""]]);
    expect(problems).toEqual(["archive.times-unrepresentable logs.parquet, row group 0"]);
  });

  it("tells of row groups in which no row has a time", async () => {
    using directory = temporaryDirectory();
    const file = directory.file("logs.parquet");
    using db = await duckDb();
    await db.run(`COPY (SELECT NULL::TIMESTAMP AS ts, 'no time' AS msg FROM range(3)) TO '${file}' (FORMAT parquet)`);
    const { blocks, problems, completeness } = await openContents(openForeignParquet, file);
    expect(blocks).toEqual([]);
    expect(problems.map(({ error, count }) => [error.code, count])).toEqual([["archive.times-unrepresentable", 3]]);
    expect(completeness.verdict).toBe("incomplete");
  });

  it("is refused with the columns that it lacks", async () => {
    using directory = temporaryDirectory();
    const file = directory.file("numbers.parquet");
    using db = await duckDb();
    await db.run(`COPY (SELECT 1.5::DOUBLE AS amount) TO '${file}' (FORMAT parquet)`);
    const failure = await openContents(openForeignParquet, file).catch((error: unknown) => error);
    expect(hasCode(failure, "archive.columns-missing") && failure.params).toEqual({
      file: "numbers.parquet",
      columns: "timestamp, line",
    });
  });

  it("without rows is an archive without blocks", async () => {
    using directory = temporaryDirectory();
    const file = directory.file("none.parquet");
    using db = await duckDb();
    await db.run(`COPY (${TABLE} WHERE i < 0) TO '${file}' (FORMAT parquet)`);
    expect((await openContents(openForeignParquet, file)).blocks).toEqual([]);
  });

  it("is left to others where it is no Parquet, or one of ours", async () => {
    using directory = temporaryDirectory();
    writeFileSync(directory.file("notes.parquet"), "not Parquet at all");
    expect(await openForeignParquet([directory.file("notes.parquet")], {}, openParts(directory.path))).toBeNull();
    const [file] = (
      await writeArchive(directory.file("ours"), {
        acme: [{ timestampNs: START_NS, labels: { app: "pay" }, line: "x" }],
      })
    ).files;
    const taken = await openContents(openKubemateArchive, join(directory.file("ours"), file?.path ?? ""));
    expect({ tenants: taken.tenants, blocks: taken.blocks.length, verdict: taken.completeness.verdict }).toEqual({
      tenants: ["acme"],
      blocks: 1,
      verdict: "unknown",
    });
  });
});
