import type { DatabaseSync } from "node:sqlite";
import type { CostReportRow, QueryCost } from "../../../../src-shared/model/tenants/query-cost.ts";
import { ROLLUP_DIMENSIONS } from "./cost-sums.ts";
import { dayNumber, dayText, keyOf } from "./ledger-keys.ts";
import { MOST_DEAR, type CostPage, type CostRange, type CostReportRequest, type LedgerExtent } from "./ledger.ts";
import { numberIn, readReportRow } from "./report-row.ts";
import { COST_COLUMNS, costOfRow } from "./sqlite-cost-row.ts";

/** What a file tells of costs. Throws what SQLite throws. */

const SUMS = `total(queries) AS queries, total(failed) AS failed, total(bytes) AS bytes, total(lines) AS lines,
  total(duration_ms) AS duration_ms`;
const OF_TENANTS = "(?3 IS NULL OR tenant IN (SELECT value FROM json_each(?3)))";
/** Rows looked through for one page, so that a page of a seldom tenant takes no longer than another. */
const PAGE_ROWS = 50_000;

export function reportIn(database: DatabaseSync, request: CostReportRequest): CostReportRow[] {
  const [from, to, tenants] = parameters(database, request);
  if (request.by === "day") {
    const days = database
      .prepare(
        `SELECT day, ${SUMS} FROM rollups WHERE dimension = 0 AND day BETWEEN ?1 AND ?2 AND ${OF_TENANTS}
         GROUP BY day ORDER BY day LIMIT ?4`,
      )
      .all(from, to, tenants, request.limit);
    return days.map(({ day, ...sums }) => readReportRow({ ...sums, key: dayText(numberIn(day)) }));
  }
  const rows = database
    .prepare(
      `SELECT coalesce(names.text, '') AS key, top.* FROM (
         SELECT value, ${SUMS} FROM rollups WHERE dimension = ?5 AND day BETWEEN ?1 AND ?2 AND ${OF_TENANTS}
         GROUP BY value ORDER BY bytes DESC, value LIMIT ?4) AS top
       LEFT JOIN names ON names.id = top.value ORDER BY top.bytes DESC, top.value`,
    )
    .all(from, to, tenants, request.limit, ROLLUP_DIMENSIONS.indexOf(request.by));
  return rows.map(readReportRow);
}

export function totalIn(database: DatabaseSync, range: CostRange): CostReportRow {
  const row = database
    .prepare(`SELECT '' AS key, ${SUMS} FROM rollups WHERE dimension = 0 AND day BETWEEN ?1 AND ?2 AND ${OF_TENANTS}`)
    .get(...parameters(database, range));
  return readReportRow(row);
}

export function costliestIn(database: DatabaseSync, request: CostRange & { readonly limit: number }): QueryCost[] {
  const rows = database
    .prepare(
      `SELECT ${COST_COLUMNS} FROM (
         SELECT row AS dear_row, bytes AS dear_bytes FROM dear WHERE day BETWEEN ?1 AND ?2 AND ${OF_TENANTS}
         ORDER BY bytes DESC, row LIMIT ?4) JOIN costs ON costs.row = dear_row ORDER BY dear_bytes DESC, dear_row`,
    )
    .all(...parameters(database, request), Math.min(request.limit, MOST_DEAR));
  return rows.map(costOfRow);
}

export function pageIn(
  database: DatabaseSync,
  { after, limit, ...range }: CostRange & { readonly after: number; readonly limit: number },
): CostPage {
  const [from, to, tenants] = parameters(database, range);
  const bounds = database
    .prepare("SELECT min(first_row) AS first, max(last_row) AS last FROM cost_days WHERE day BETWEEN ? AND ?")
    .get(from, to);
  if (bounds === undefined || bounds["first"] === null) return { costs: [], next: null };
  const last = numberIn(bounds["last"]);
  const begin = Math.max(after + 1, numberIn(bounds["first"]));
  const end = Math.min(begin + PAGE_ROWS - 1, last);
  const rows = database
    .prepare(
      `SELECT ${COST_COLUMNS}, row FROM costs WHERE row BETWEEN ?4 AND ?5 AND day BETWEEN ?1 AND ?2 AND ${OF_TENANTS}
       ORDER BY row LIMIT ?6`,
    )
    .all(from, to, tenants, begin, end, limit);
  const reached = rows.length === limit ? numberIn(rows.at(-1)?.["row"]) : end;
  return { costs: rows.map(costOfRow), next: reached >= last ? null : reached };
}

export function extentOf(database: DatabaseSync): LedgerExtent {
  const days = database.prepare("SELECT min(day) AS first, max(day) AS last FROM rollups WHERE dimension = 0").get();
  const costs = database.prepare("SELECT total(costs) AS costs FROM cost_days").get()?.["costs"];
  const first = days?.["first"] ?? null;
  return {
    costs: numberIn(costs),
    firstDay: first === null ? null : dayText(numberIn(first)),
    lastDay: first === null ? null : dayText(numberIn(days?.["last"])),
  };
}

/** The first three parameters of every statement: first and last day, and the tenants' numbers as JSON. */
export function parameters(database: DatabaseSync, range: CostRange): [number, number, string | null] {
  return [dayNumber(range.fromDay), dayNumber(range.toDay), tenantNumbers(database, range.tenants)];
}

function tenantNumbers(database: DatabaseSync, tenants: readonly string[] | null): string | null {
  if (tenants === null) return null;
  const find = database.prepare("SELECT id FROM names WHERE key = ?");
  return JSON.stringify(tenants.flatMap((tenant) => find.get(keyOf(tenant))?.["id"] ?? []));
}
