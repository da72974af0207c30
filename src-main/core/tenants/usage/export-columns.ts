import type { QueryCost } from "../../../../src-shared/model/tenants/query-cost.ts";

/** A column of an export; `STRING`, `DOUBLE` and `TIMESTAMP` are hyparquet-writer's names of Parquet's types. */
export interface ExportColumn {
  readonly name: string;
  readonly type: "STRING" | "DOUBLE" | "TIMESTAMP";
  readonly nullable: boolean;
  readonly of: (cost: QueryCost) => string | number | Date | null;
}

function column(name: string, type: ExportColumn["type"], of: ExportColumn["of"], nullable = false): ExportColumn {
  return { name, type, nullable, of };
}

/** What an export says of a query, in Loki's own words. Durations are milliseconds. */
export const EXPORT_COLUMNS: readonly ExportColumn[] = [
  column("time", "TIMESTAMP", ({ atMs }) => new Date(atMs)),
  column("id", "STRING", ({ id }) => id),
  column("site", "STRING", ({ site }) => site),
  column("tenant", "STRING", ({ tenant }) => tenant),
  column("user", "STRING", ({ user }) => user),
  column("source", "STRING", ({ source }) => source),
  column("query", "STRING", ({ query }) => query),
  column("shape", "STRING", ({ shape }) => shape),
  column("query_hash", "DOUBLE", ({ hash }) => hash),
  column("query_type", "STRING", ({ kind }) => kind, true),
  column("range_ms", "DOUBLE", ({ rangeMs }) => rangeMs),
  column("bytes", "DOUBLE", ({ bytes }) => bytes),
  column("lines", "DOUBLE", ({ lines }) => lines),
  column("duration_ms", "DOUBLE", ({ durationMs }) => durationMs),
  column("splits", "DOUBLE", ({ splits }) => splits),
  column("shards", "DOUBLE", ({ shards }) => shards),
  column("cache_share", "DOUBLE", ({ cacheShare }) => cacheShare, true),
  column("status", "DOUBLE", ({ status }) => status),
  column("tags", "STRING", ({ tags }) => JSON.stringify(tags)),
];

export const CSV_HEADER = `${EXPORT_COLUMNS.map(({ name }) => name).join(",")}\r\n`;

/** Lines of CSV after RFC 4180, each ended by CR LF. */
export function csvLines(costs: readonly QueryCost[]): string {
  return costs.map((cost) => `${EXPORT_COLUMNS.map(({ of }) => csvCell(of(cost))).join(",")}\r\n`).join("");
}

/**
 * A spreadsheet runs a cell that begins with one of these characters as a formula, so text gets an apostrophe in front
 * (OWASP, "CSV injection"). A number is none.
 */
export function csvCell(value: string | number | Date | null): string {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  if (value instanceof Date) return value.toISOString();
  const defused = /^[=+\-@\t\r\n]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(defused) ? `"${defused.replaceAll('"', '""')}"` : defused;
}
