import { sql, type Kysely } from "kysely";
import { z } from "zod";
import type { QueryCost } from "../../../../src-shared/model/tenants/query-cost.ts";
import { ROLLUP_DIMENSIONS } from "./cost-sums.ts";
import type { CostRange, ShapeRun, ShapeUse } from "./ledger.ts";
import { costOfBody, inRange } from "./postgres-report.ts";
import type { LedgerTables } from "./postgres-schema.ts";
import { mergeUses } from "./report-row.ts";

/** Of the latest costs of a range so many are looked through for when its shapes ran. */
const RUN_ROWS = 50_000;
const MOST_RUNS = 1_000;
const SHAPE = ROLLUP_DIMENSIONS.indexOf("shape");

const topRow = z.object({ key: z.string(), shape: z.string() });
const runRow = z.object({ shape: z.string(), at_ms: z.number(), who: z.string() });

/** The dearest shapes of a range. Throws what the driver throws. */
export async function shapesFrom(
  database: Kysely<LedgerTables>,
  request: CostRange & { readonly limit: number },
): Promise<readonly ShapeUse[]> {
  const { rows } = await sql`
    SELECT value AS key, shape FROM (
      SELECT value, sum(bytes) AS bytes FROM ledger_rollups WHERE dimension = ${SHAPE}::int AND ${inRange(request)}
      GROUP BY value ORDER BY bytes DESC, value LIMIT ${request.limit}) AS top
    JOIN ledger_shapes ON ledger_shapes.key = decode(value, 'hex') ORDER BY bytes DESC, value`.execute(database);
  const top = rows.map((row) => topRow.parse(row));
  const runs = await runsOf(
    database,
    request,
    top.map(({ key }) => key),
  );
  const shapes: ShapeUse[] = [];
  for (const { key, shape } of top) {
    const uses = await sql`
      SELECT tenant, user_name AS user, source, queries, failed, bytes, duration_ms, max_range_ms, cacheable, cached,
        dearest_bytes, dearest::float8 AS dearest
      FROM ledger_uses WHERE shape = decode(${key}, 'hex') AND ${inRange(request)}`.execute(database);
    const { dearest, ...merged } = mergeUses(uses.rows);
    const example = await firstKept(database, dearest);
    if (example !== null) shapes.push({ shape, example, ...merged, runs: runs.get(key) ?? [] });
  }
  return shapes;
}

/** The dearest of which the single cost was not purged yet. */
async function firstKept(database: Kysely<LedgerTables>, dearest: readonly number[]): Promise<QueryCost | null> {
  const { rows } = await sql`
    SELECT body FROM unnest(${dearest}::bigint[]) WITH ORDINALITY AS wanted (row, place)
    JOIN ledger_costs USING (row) ORDER BY place LIMIT 1`.execute(database);
  return rows.length === 0 ? null : costOfBody(rows[0]);
}

async function runsOf(
  database: Kysely<LedgerTables>,
  range: CostRange,
  shapes: readonly string[],
): Promise<ReadonlyMap<string, readonly ShapeRun[]>> {
  const { rows } = await sql`
    SELECT encode(shape, 'hex') AS shape, at_ms, encode(who, 'hex') AS who FROM (
      SELECT *, row_number() OVER (PARTITION BY shape ORDER BY row DESC) AS place FROM ledger_costs
      WHERE row > (SELECT coalesce(max(last_row), 0) - ${RUN_ROWS}::int FROM ledger_cost_days
          WHERE ${inRange({ ...range, tenants: null })})
        AND ${inRange(range)} AND encode(shape, 'hex') = ANY(${shapes}::text[])) AS runs
    WHERE place <= ${MOST_RUNS}::int ORDER BY at_ms`.execute(database);
  const runs = new Map<string, ShapeRun[]>(shapes.map((shape) => [shape, []]));
  for (const raw of rows) {
    const { shape, at_ms: atMs, who } = runRow.parse(raw);
    runs.get(shape)?.push({ atMs, who });
  }
  return runs;
}
