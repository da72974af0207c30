import type { DatabaseSync } from "node:sqlite";
import type { QueryCost } from "../../../../src-shared/model/tenants/query-cost.ts";
import { inTransaction } from "../../common/sqlite-database.ts";
import { ROLLUP_DIMENSIONS, sumCosts } from "./cost-sums.ts";
import { dayNumberAt, idBucket, keyOf } from "./ledger-keys.ts";
import { MOST_DEAR } from "./ledger.ts";
import { numberIn } from "./report-row.ts";
import type { SqliteNames } from "./sqlite-names.ts";

/** A tenant's list of the dearest of a day is cut when it has grown to this. */
const CUT_DEAR_AT = 2 * MOST_DEAR;

/**
 * One transaction: the sums hold exactly the costs that were new. Costs of days that were purged are left out: their ids are
 * forgotten, and the sums would count them twice. Throws what SQLite throws; then nothing was added.
 */
export function addIn(database: DatabaseSync, names: SqliteNames, costs: readonly QueryCost[]): number {
  try {
    return inTransaction(database, () => {
      const fresh = unseen(database, costs);
      if (fresh.length > 0) addFresh(database, names, fresh);
      return fresh.length;
    });
  } catch (error) {
    names.forget();
    throw error;
  }
}

function unseen(database: DatabaseSync, costs: readonly QueryCost[]): readonly QueryCost[] {
  const kept = database.prepare("SELECT value FROM kept WHERE key = 'costs_from_day'").get();
  const fromDay = numberIn(kept?.["value"] ?? 0);
  const see = database.prepare("INSERT INTO seen VALUES (?, ?, ?) ON CONFLICT DO NOTHING");
  return costs.filter((cost) => {
    const day = dayNumberAt(cost.atMs);
    return day >= fromDay && see.run(idBucket(cost), keyOf(cost.id), day).changes === 1;
  });
}

function addFresh(database: DatabaseSync, names: SqliteNames, costs: readonly QueryCost[]): void {
  const last = database.prepare("SELECT max(row) AS row FROM costs").get()?.["row"];
  // Rows are never numbered again, also after the last were purged.
  const ended = database.prepare("SELECT max(last_row) AS row FROM cost_days").get()?.["row"];
  const first = Math.max(numberIn(last ?? 0), numberIn(ended ?? 0)) + 1;
  const insert = database.prepare(`INSERT INTO costs VALUES (${Array.from({ length: 21 }, () => "?").join(", ")})`);
  for (const [index, cost] of costs.entries()) {
    const { atMs, id, hash, kind, rangeMs, bytes, lines, durationMs, splits, shards, cacheShare, status } = cost;
    const day = dayNumberAt(atMs);
    const [site, tenant] = [names.name(cost.site, day), names.name(cost.tenant, day)];
    const [user, source, shape] = [
      names.name(cost.user, day),
      names.name(cost.source, day),
      names.name(cost.shape, day),
    ];
    const [query, tags] = [names.text(cost.query, atMs), names.text(JSON.stringify(cost.tags), atMs)];
    const told = [first + index, day, atMs, id, site, tenant, user, source, shape, query, tags, hash, kind];
    insert.run(...told, rangeMs, bytes, lines, durationMs, splits, shards, cacheShare, status);
  }
  addSums(database, names, costs, first);
  addDays(database, costs, first);
  addDear(database, names, costs, first);
}

function addSums(database: DatabaseSync, names: SqliteNames, costs: readonly QueryCost[], first: number): void {
  const { rollups, uses } = sumCosts(costs);
  const rollup = database.prepare(
    `INSERT INTO rollups VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
       queries = queries + excluded.queries, failed = failed + excluded.failed, bytes = bytes + excluded.bytes,
       lines = lines + excluded.lines, duration_ms = duration_ms + excluded.duration_ms`,
  );
  for (const { dimension, day, tenant, value, queries, failed, bytes, lines, durationMs } of rollups) {
    const number = ROLLUP_DIMENSIONS.indexOf(dimension);
    const key = [number, day, names.name(tenant, day), names.name(value, day)];
    rollup.run(...key, queries, failed, bytes, lines, durationMs);
  }
  const use = database.prepare(
    `INSERT INTO uses VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
       queries = queries + excluded.queries, failed = failed + excluded.failed, bytes = bytes + excluded.bytes,
       duration_ms = duration_ms + excluded.duration_ms, max_range_ms = max(max_range_ms, excluded.max_range_ms),
       cacheable = cacheable + excluded.cacheable, cached = cached + excluded.cached,
       dearest = CASE WHEN excluded.dearest_bytes > dearest_bytes THEN excluded.dearest ELSE dearest END,
       dearest_bytes = max(dearest_bytes, excluded.dearest_bytes)`,
  );
  for (const { day, shape, tenant, user, source, ...sums } of uses) {
    const { queries, failed, bytes, durationMs, maxRangeMs, cacheable, cached, dearestBytes, dearest } = sums;
    const key = [day, ...[shape, tenant, user, source].map((text) => names.name(text, day))];
    const dear = first + dearest;
    use.run(...key, queries, failed, bytes, durationMs, maxRangeMs, cacheable, cached, dearestBytes, dear);
  }
}

function addDays(database: DatabaseSync, costs: readonly QueryCost[], first: number): void {
  const days = new Map<number, { from: number; to: number; count: number }>();
  for (const [index, { atMs }] of costs.entries()) {
    const row = first + index;
    const day = days.get(dayNumberAt(atMs));
    if (day === undefined) days.set(dayNumberAt(atMs), { from: row, to: row, count: 1 });
    else {
      day.to = row;
      day.count += 1;
    }
  }
  const add = database.prepare(
    `INSERT INTO cost_days VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET
       first_row = min(first_row, excluded.first_row), last_row = max(last_row, excluded.last_row),
       costs = costs + excluded.costs`,
  );
  for (const [day, { from, to, count }] of days) add.run(day, from, to, count);
}

/** Only what can be among the dearest of its day and tenant, so that the lists stay short however many costs there are. */
function addDear(database: DatabaseSync, names: SqliteNames, costs: readonly QueryCost[], first: number): void {
  const groups = new Map<
    string,
    { readonly day: number; readonly tenant: number; rows: { row: number; bytes: number }[] }
  >();
  for (const [index, { atMs, tenant, bytes }] of costs.entries()) {
    const day = dayNumberAt(atMs);
    const key = `${day} ${tenant}`;
    let group = groups.get(key);
    if (group === undefined) groups.set(key, (group = { day, tenant: names.name(tenant, day), rows: [] }));
    group.rows.push({ row: first + index, bytes });
  }
  const listed = database.prepare("SELECT count(*) AS count FROM dear WHERE day = ? AND tenant = ?");
  const floorOf = database.prepare(
    `SELECT bytes FROM dear WHERE day = ? AND tenant = ? ORDER BY bytes DESC, row DESC LIMIT 1 OFFSET ${MOST_DEAR - 1}`,
  );
  const insert = database.prepare("INSERT INTO dear VALUES (?, ?, ?, ?)");
  const cut = database.prepare("DELETE FROM dear WHERE day = ? AND tenant = ? AND bytes < ?");
  for (const { day, tenant, rows } of groups.values()) {
    const floor = floorOf.get(day, tenant);
    const floorBytes = floor === undefined ? -1 : numberIn(floor["bytes"]);
    const dearest = rows
      .filter(({ bytes }) => bytes > floorBytes)
      .toSorted((a, b) => b.bytes - a.bytes)
      .slice(0, MOST_DEAR);
    for (const { row, bytes } of dearest) insert.run(day, tenant, bytes, row);
    if (numberIn(listed.get(day, tenant)?.["count"]) < CUT_DEAR_AT) continue;
    cut.run(day, tenant, numberIn(floorOf.get(day, tenant)?.["bytes"]));
  }
}
