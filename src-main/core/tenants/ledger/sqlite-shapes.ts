import type { DatabaseSync } from "node:sqlite";
import type { QueryCost } from "../../../../src-shared/model/tenants/query-cost.ts";
import { ROLLUP_DIMENSIONS } from "./cost-sums.ts";
import type { CostRange, ShapeRun, ShapeUse } from "./ledger.ts";
import { mergeUses, numberIn } from "./report-row.ts";
import { COST_COLUMNS, costOfRow } from "./sqlite-cost-row.ts";
import { parameters } from "./sqlite-report.ts";

/** Of the latest costs of a range so many are looked through for when its shapes ran. */
const RUN_ROWS = 50_000;
const MOST_RUNS = 1_000;
const SHAPE = ROLLUP_DIMENSIONS.indexOf("shape");

/** The dearest shapes of a range. Throws what SQLite throws. */
export function shapesIn(database: DatabaseSync, request: CostRange & { readonly limit: number }): ShapeUse[] {
  const [from, to, tenants] = parameters(database, request);
  const top = database
    .prepare(
      `SELECT value, names.text AS shape FROM (
         SELECT value, total(bytes) AS bytes FROM rollups
         WHERE dimension = ?5 AND day BETWEEN ?1 AND ?2 AND (?3 IS NULL OR tenant IN (SELECT value FROM json_each(?3)))
         GROUP BY value ORDER BY bytes DESC, value LIMIT ?4) JOIN names ON names.id = value ORDER BY bytes DESC, value`,
    )
    .all(from, to, tenants, request.limit, SHAPE);
  const days = JSON.stringify(Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index));
  const uses = database.prepare(
    `SELECT ${["tenant", "user", "source"].map(nameOf).join(", ")}, queries, failed, bytes, duration_ms, max_range_ms,
       cacheable, cached, dearest_bytes, dearest FROM uses
     WHERE day IN (SELECT value FROM json_each(?1)) AND shape = ?2
       AND (?3 IS NULL OR tenant IN (SELECT value FROM json_each(?3)))`,
  );
  const numbers = top.map((row) => numberIn(row["value"]));
  const runs = runsOf(database, numbers, [from, to, tenants]);
  return top.flatMap((row): ShapeUse[] => {
    const shape = numberIn(row["value"]);
    const { dearest, ...merged } = mergeUses(uses.all(days, shape, tenants));
    const example = firstKept(database, dearest);
    if (example === null) return [];
    return [{ shape: String(row["shape"]), example, ...merged, runs: runs.get(shape) ?? [] }];
  });
}

function nameOf(column: string): string {
  return `coalesce((SELECT text FROM names WHERE id = uses.${column}), '') AS ${column}`;
}

/** The dearest of which the single cost was not purged yet. */
function firstKept(database: DatabaseSync, rows: readonly number[]): QueryCost | null {
  const find = database.prepare(`SELECT ${COST_COLUMNS} FROM costs WHERE row = ?`);
  for (const row of rows) {
    const found = find.get(row);
    if (found !== undefined) return costOfRow(found);
  }
  return null;
}

function runsOf(
  database: DatabaseSync,
  shapes: readonly number[],
  [from, to, tenants]: [number, number, string | null],
): ReadonlyMap<number, readonly ShapeRun[]> {
  const last = database.prepare("SELECT max(last_row) AS row FROM cost_days WHERE day BETWEEN ? AND ?").get(from, to);
  const lastRow = numberIn(last?.["row"] ?? 0);
  const rows = database
    .prepare(
      `SELECT at_ms, shape, query, tags, user FROM costs WHERE row BETWEEN ?5 AND ?6 AND day BETWEEN ?1 AND ?2
         AND (?3 IS NULL OR tenant IN (SELECT value FROM json_each(?3)))
         AND shape IN (SELECT value FROM json_each(?4)) ORDER BY row DESC`,
    )
    .iterate(from, to, tenants, JSON.stringify(shapes), lastRow - RUN_ROWS + 1, lastRow);
  const runs = new Map<number, ShapeRun[]>(shapes.map((shape) => [shape, []]));
  for (const row of rows) {
    const list = runs.get(numberIn(row["shape"]));
    if (list === undefined || list.length >= MOST_RUNS) continue;
    list.push({ atMs: numberIn(row["at_ms"]), who: JSON.stringify([row["query"], row["tags"], row["user"]]) });
  }
  for (const list of runs.values()) list.sort((a, b) => a.atMs - b.atMs);
  return runs;
}
