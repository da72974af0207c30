import { z } from "zod";
import type { QueryCost } from "../../../../src-shared/model/tenants/query-cost.ts";
import { readCost } from "./report-row.ts";

function nameColumn(column: string): string {
  return `coalesce((SELECT text FROM names WHERE id = costs.${column}), '') AS ${column}_text`;
}

function textColumn(column: string, otherwise: string): string {
  return `coalesce((SELECT text FROM texts WHERE id = costs.${column}), '${otherwise}') AS ${column}_text`;
}

/** What `costOfRow` reads of the table `costs`. */
export const COST_COLUMNS = [
  ...["site", "tenant", "user", "source", "shape"].map(nameColumn),
  textColumn("query", ""),
  textColumn("tags", "{}"),
  "costs.id AS id, costs.at_ms AS at_ms, costs.hash AS hash, costs.kind AS kind, costs.range_ms AS range_ms",
  "costs.bytes AS bytes, costs.lines AS lines, costs.duration_ms AS duration_ms, costs.splits AS splits",
  "costs.shards AS shards, costs.cache_share AS cache_share, costs.status AS status",
].join(", ");

/** A single cost as it was added. Throws where the file holds something else. */
export function costOfRow(row: Readonly<Record<string, unknown>>): QueryCost {
  return readCost({
    id: row["id"],
    atMs: row["at_ms"],
    site: row["site_text"],
    tenant: row["tenant_text"],
    user: row["user_text"],
    source: row["source_text"],
    query: row["query_text"],
    shape: row["shape_text"],
    hash: row["hash"],
    kind: row["kind"],
    rangeMs: row["range_ms"],
    bytes: row["bytes"],
    lines: row["lines"],
    durationMs: row["duration_ms"],
    splits: row["splits"],
    shards: row["shards"],
    cacheShare: row["cache_share"],
    status: row["status"],
    tags: JSON.parse(z.string().parse(row["tags_text"])),
  });
}
