import { existsSync } from "node:fs";
import { duckDb } from "./duckdb-stranger.ts";

export interface ArchiveLine {
  readonly timestampNs: bigint;
  readonly line: string;
  readonly tenant: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Every row of an archive's folder in the order of time, read by DuckDB as a stranger would. */
export async function archiveLines(directory: string): Promise<readonly ArchiveLine[]> {
  const rows = await duckRows(
    `SELECT epoch_ns("timestamp") AS ns, line, tenant, CAST(map_entries(labels) AS JSON)::VARCHAR AS labels
     FROM read_parquet('${directory}/**/*.parquet', hive_partitioning = true, union_by_name = true) ORDER BY ns, line`,
    directory,
  );
  return rows.map((row) => ({
    timestampNs: BigInt(String(row["ns"])),
    line: String(row["line"]),
    tenant: String(row["tenant"]),
    labels: Object.fromEntries(
      (JSON.parse(String(row["labels"])) as { readonly key: string; readonly value: string }[]).map(
        ({ key, value }) => [key, value] as const,
      ),
    ),
  }));
}

/** How many rows there are, and how many different lines: equal when each is there once. */
export async function archiveCounts(directory: string): Promise<{ readonly rows: number; readonly lines: number }> {
  const [row] = await duckRows(
    `SELECT count(*) AS rows, count(DISTINCT line) AS lines FROM read_parquet('${directory}/**/*.parquet')`,
    directory,
  );
  return { rows: Number(row?.["rows"] ?? 0), lines: Number(row?.["lines"] ?? 0) };
}

async function duckRows(sql: string, directory: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  if (!existsSync(directory)) return [];
  using duck = await duckDb();
  return await duck.rows(sql);
}
