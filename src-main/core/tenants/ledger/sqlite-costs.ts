import type { DatabaseSync } from "node:sqlite";
import type { CostDimension, CostReportRow, QueryCost } from "../../../../src-shared/model/tenants/query-cost.ts";
import { inTransaction } from "../../common/sqlite-database.ts";
import { sumCosts } from "./cost-sums.ts";
import { SETTLE_WITHIN_MS, periodsAt, type CostReportRequest, type LedgerExtent } from "./ledger.ts";
import { readCost, readExtent, readReportRow } from "./report-row.ts";

/** Single costs and their daily sums in SQLite. Throws what SQLite throws. */

const COLUMNS: Readonly<Record<CostDimension, string>> = {
  tenant: "tenant",
  user: "user",
  source: "source",
  shape: "shape",
  day: "day",
};

/** One transaction: the sums hold exactly the costs that were new. */
export function addIn(database: DatabaseSync, costs: readonly QueryCost[]): number {
  return inTransaction(database, () => {
    const insert = database.prepare("INSERT INTO costs VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING");
    const fresh = costs.filter((cost) => {
      const { day } = periodsAt(cost.atMs);
      return insert.run(cost.id, day, cost.tenant, cost.bytes, JSON.stringify(cost)).changes === 1;
    });
    const shape = database.prepare("INSERT INTO shapes VALUES (?, ?) ON CONFLICT DO NOTHING");
    const sum = database.prepare(
      `INSERT INTO sums VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
         queries = queries + excluded.queries, failed = failed + excluded.failed, bytes = bytes + excluded.bytes,
         lines = lines + excluded.lines, duration_ms = duration_ms + excluded.duration_ms`,
    );
    for (const one of sumCosts(fresh)) {
      shape.run(one.shapeId, one.shape);
      const { day, site, tenant, user, source, shapeId, queries, failed, bytes, lines, durationMs } = one;
      sum.run(day, site, tenant, user, source, shapeId, queries, failed, bytes, lines, durationMs);
    }
    return fresh.length;
  });
}

export function reportIn(database: DatabaseSync, request: CostReportRequest): CostReportRow[] {
  const column = COLUMNS[request.by];
  const key = request.by === "shape" ? "coalesce((SELECT shapes.shape FROM shapes WHERE id = sums.shape), '')" : column;
  const order = request.by === "day" ? "day" : `bytes DESC, ${column}`;
  const rows = database
    .prepare(
      `SELECT ${key} AS key, total(queries) AS queries, total(failed) AS failed, total(bytes) AS bytes,
         total(lines) AS lines, total(duration_ms) AS duration_ms
       FROM sums WHERE day BETWEEN ?1 AND ?2 AND (?3 IS NULL OR tenant IN (SELECT value FROM json_each(?3)))
       GROUP BY sums.${column} ORDER BY ${order} LIMIT ?4`,
    )
    .all(request.fromDay, request.toDay, tenantsJson(request), request.limit);
  return rows.map(readReportRow);
}

export function costliestIn(database: DatabaseSync, request: Omit<CostReportRequest, "by">): QueryCost[] {
  const rows = database
    .prepare(
      `SELECT body FROM costs WHERE day BETWEEN ?1 AND ?2 AND (?3 IS NULL OR tenant IN (SELECT value FROM json_each(?3)))
       ORDER BY bytes DESC, id LIMIT ?4`,
    )
    .all(request.fromDay, request.toDay, tenantsJson(request), request.limit);
  return rows.map((row) => readCost(row["body"]));
}

export function purgeIn(database: DatabaseSync, costsBeforeDay: string, sumsBeforeDay: string, nowMs: number) {
  return inTransaction(database, () => {
    const costs = database.prepare("DELETE FROM costs WHERE day < ?").run(costsBeforeDay).changes;
    const sums = database.prepare("DELETE FROM sums WHERE day < ?").run(sumsBeforeDay).changes;
    database.prepare("DELETE FROM shapes WHERE id NOT IN (SELECT shape FROM sums)").run();
    // A period is a day or a month: each is compared with as much of the day as it names.
    database.prepare("DELETE FROM spends WHERE period < substr(?, 1, length(period))").run(sumsBeforeDay);
    database.prepare("DELETE FROM held WHERE expires_at_ms < ?").run(nowMs - SETTLE_WITHIN_MS);
    return { costs: Number(costs), sums: Number(sums) };
  });
}

export function extentOf(database: DatabaseSync): LedgerExtent {
  const days = database.prepare("SELECT min(day) AS first, max(day) AS last FROM sums").get();
  const { costs } = database.prepare("SELECT count(*) AS costs FROM costs").get() ?? {};
  return readExtent({ costs, firstDay: days?.["first"], lastDay: days?.["last"] });
}

function tenantsJson({ tenants }: Pick<CostReportRequest, "tenants">): string | null {
  return tenants === null ? null : JSON.stringify(tenants);
}
