import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { packArchive } from "../../../src-main/core/archive/parquet/pack-archive.ts";
import type { PlainRow } from "../../builders/log-batches.ts";
import { duckDb } from "../../builders/duckdb-stranger.ts";
import { writeArchive } from "../../builders/parquet-archives.ts";
import { temporaryDirectory } from "../../builders/temporary-directory.ts";

const MIDNIGHT_NS = 1_763_683_200_000_000_000n;

/** Two days, two tenants, labels that have names of ours, odd bytes, rows with and without metadata. */
function rows(app: string, count: number): PlainRow[] {
  return Array.from({ length: count }, (_, index): PlainRow => ({
    timestampNs: MIDNIGHT_NS + BigInt(index - count / 2) * 1_000_000_001n,
    labels: { app: index % 3 === 0 ? app : `${app}-other`, line: "label of that name", 区域: "上海" },
    line:
      index === 7 ? Buffer.from([0x6f, 0x6b, 0xff, 0xfe]) : `request ${index} status=${index % 10 === 0 ? 500 : 200}`,
    ...(index % 2 === 0 ? { metadata: { trace_id: `t${index}` } } : {}),
    ...(index % 5 === 0 ? { parsed: { status: "200" } } : {}),
  }));
}

describe("an archive that DuckDB opens as a stranger would", () => {
  it("is one table over tenants and days, exact to the nanosecond, with labels as columns and as a map", async () => {
    using directory = temporaryDirectory();
    await writeArchive(directory.path, { "acme*bank": rows("pay", 200), other: rows("core", 100) });
    using db = await duckDb();
    const from = `read_parquet('${directory.path}/**/*.parquet', hive_partitioning=true, union_by_name=true)`;
    expect(
      await db.rows(`SELECT tenant, day::VARCHAR AS day, count(*) AS n FROM ${from} GROUP BY ALL ORDER BY ALL`),
    ).toEqual([
      { tenant: "acme*bank", day: "2025-11-20", n: "100" },
      { tenant: "acme*bank", day: "2025-11-21", n: "100" },
      { tenant: "other", day: "2025-11-20", n: "50" },
      { tenant: "other", day: "2025-11-21", n: "50" },
    ]);
    expect(
      await db.rows(
        `SELECT epoch_ns(min(timestamp)) AS first, epoch_ns(max(timestamp)) AS last, typeof(min(timestamp)) AS type FROM ${from} WHERE tenant = 'acme*bank'`,
      ),
    ).toEqual([
      {
        first: String(MIDNIGHT_NS - 100n * 1_000_000_001n),
        last: String(MIDNIGHT_NS + 99n * 1_000_000_001n),
        type: "TIMESTAMP_NS",
      },
    ]);
    expect(
      await db.rows(
        `SELECT count(*) AS n, count(*) FILTER (labels['app'] = app) AS same, any_value(label_line) AS line,
           any_value(labels['区域']) AS place FROM ${from} WHERE app = 'pay'`,
      ),
    ).toEqual([{ n: "67", same: "67", line: "label of that name", place: "上海" }]);
    expect(
      await db.rows(
        `SELECT count(metadata['trace_id']) AS traces, count(*) FILTER (cardinality(parsed) > 0) AS parsed FROM ${from}`,
      ),
    ).toEqual([{ traces: "150", parsed: "60" }]);
    expect(await db.rows(`SELECT line FROM ${from} WHERE metadata['trace_id'] = 't20' AND tenant = 'other'`)).toEqual([
      { line: "request 20 status=500" },
    ]);
    expect(
      await db.rows(`SELECT line, hex(line_raw) AS raw FROM ${from} WHERE line_raw IS NOT NULL AND tenant = 'other'`),
    ).toEqual([{ line: "ok\uFFFD\uFFFD", raw: "6F6BFFFE" }]);
    expect(
      await db.rows(`SELECT DISTINCT compression FROM parquet_metadata('${directory.path}/**/*.parquet')`),
    ).toEqual([{ compression: "SNAPPY" }]);
  });

  it("has the tenant as a column once it is packed into one file", async () => {
    using directory = temporaryDirectory();
    const archive = directory.file("archive");
    await writeArchive(archive, { acme: rows("pay", 200), other: rows("core", 100) });
    const file = join(directory.path, "archive.parquet");
    await packArchive(archive, file, new AbortController().signal);
    using db = await duckDb();
    expect(
      await db.rows(
        `SELECT tenant, count(*) AS n, count(DISTINCT line) AS lines FROM '${file}' GROUP BY ALL ORDER BY ALL`,
      ),
    ).toEqual([
      { tenant: "acme", n: "200", lines: "200" },
      { tenant: "other", n: "100", lines: "100" },
    ]);
  });
});
