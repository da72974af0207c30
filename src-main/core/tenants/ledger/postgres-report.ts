import { sql, type Kysely, type RawBuilder } from "kysely";
import { z } from "zod";
import type { CostReportRow, QueryCost } from "../../../../src-shared/model/tenants/query-cost.ts";
import { ROLLUP_DIMENSIONS } from "./cost-sums.ts";
import { dayNumber, dayText } from "./ledger-keys.ts";
import { MOST_DEAR, type CostPage, type CostRange, type CostReportRequest, type LedgerExtent } from "./ledger.ts";
import type { LedgerTables } from "./postgres-schema.ts";
import { clean } from "./postgres-values.ts";
import { numberIn, readCost, readReportRow } from "./report-row.ts";

/** What a database tells of costs. Throws what the driver throws. */

const SUMS = sql`coalesce(sum(queries), 0) AS queries, coalesce(sum(failed), 0) AS failed,
  coalesce(sum(bytes), 0) AS bytes, coalesce(sum(lines), 0) AS lines, coalesce(sum(duration_ms), 0) AS duration_ms`;
const PAGE_ROWS = 50_000;

/** The condition on days and tenants that every question has. */
export function inRange({ fromDay, toDay, tenants }: CostRange): RawBuilder<unknown> {
  const days = sql`day BETWEEN ${dayNumber(fromDay)}::int AND ${dayNumber(toDay)}::int`;
  return tenants === null ? days : sql`${days} AND tenant = ANY(${tenants.map(clean)}::text[])`;
}

/** The text of a single cost. */
export function costOfBody(raw: unknown): QueryCost {
  const { body } = z.object({ body: z.string() }).parse(raw);
  return readCost(JSON.parse(body));
}

export async function reportFrom(
  database: Kysely<LedgerTables>,
  request: CostReportRequest,
): Promise<readonly CostReportRow[]> {
  if (request.by === "day") {
    const { rows } = await sql<{ day: unknown }>`
      SELECT day, ${SUMS} FROM ledger_rollups WHERE dimension = 0 AND ${inRange(request)}
      GROUP BY day ORDER BY day LIMIT ${request.limit}`.execute(database);
    return rows.map(({ day, ...sums }) => readReportRow({ ...sums, key: dayText(numberIn(day)) }));
  }
  const dimension = ROLLUP_DIMENSIONS.indexOf(request.by);
  const key =
    request.by === "shape"
      ? sql`coalesce((SELECT shape FROM ledger_shapes WHERE ledger_shapes.key = decode(value, 'hex')), '')`
      : sql`value`;
  const { rows } = await sql`
    SELECT ${key} AS key, top.* FROM (
      SELECT value, ${SUMS} FROM ledger_rollups WHERE dimension = ${dimension}::int AND ${inRange(request)}
      GROUP BY value ORDER BY bytes DESC, value LIMIT ${request.limit}) AS top
    ORDER BY bytes DESC, value`.execute(database);
  return rows.map(readReportRow);
}

export async function totalFrom(database: Kysely<LedgerTables>, range: CostRange): Promise<CostReportRow> {
  const { rows } = await sql`
    SELECT '' AS key, ${SUMS} FROM ledger_rollups WHERE dimension = 0 AND ${inRange(range)}`.execute(database);
  return readReportRow(rows[0]);
}

export async function costliestFrom(
  database: Kysely<LedgerTables>,
  request: CostRange & { readonly limit: number },
): Promise<readonly QueryCost[]> {
  const { rows } = await sql`
    SELECT body FROM (
      SELECT row, bytes FROM ledger_dear WHERE ${inRange(request)}
      ORDER BY bytes DESC, row LIMIT ${Math.min(request.limit, MOST_DEAR)}) AS dear
    JOIN ledger_costs USING (row) ORDER BY dear.bytes DESC, row`.execute(database);
  return rows.map(costOfBody);
}

const boundsSchema = z.object({ first: z.coerce.number().nullable(), last: z.coerce.number().nullable() });

export async function pageFrom(
  database: Kysely<LedgerTables>,
  { after, limit, ...range }: CostRange & { readonly after: number; readonly limit: number },
): Promise<CostPage> {
  const bounds = await sql`
    SELECT min(first_row) AS first, max(last_row) AS last FROM ledger_cost_days
    WHERE ${inRange({ ...range, tenants: null })}`.execute(database);
  const { first, last } = boundsSchema.parse(bounds.rows[0]);
  if (first === null || last === null) return { costs: [], next: null };
  const begin = Math.max(after + 1, first);
  const end = Math.min(begin + PAGE_ROWS - 1, last);
  const { rows } = await sql<{ row: unknown }>`
    SELECT row, body FROM ledger_costs WHERE row BETWEEN ${begin} AND ${end} AND ${inRange(range)}
    ORDER BY row LIMIT ${limit}`.execute(database);
  const reached = rows.length === limit ? Number(rows.at(-1)?.row) : end;
  return { costs: rows.map(costOfBody), next: reached >= last ? null : reached };
}

const extentSchema = z.object({ costs: z.coerce.number(), first: z.number().nullable(), last: z.number().nullable() });

export async function extentFrom(database: Kysely<LedgerTables>): Promise<LedgerExtent> {
  const { rows } = await sql`
    SELECT (SELECT coalesce(sum(costs), 0) FROM ledger_cost_days) AS costs, min(day) AS first, max(day) AS last
    FROM ledger_rollups WHERE dimension = 0`.execute(database);
  const { costs, first, last } = extentSchema.parse(rows[0]);
  return {
    costs,
    firstDay: first === null ? null : dayText(first),
    lastDay: last === null ? null : dayText(last),
  };
}
