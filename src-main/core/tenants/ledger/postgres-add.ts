import { sql, type Kysely, type Transaction } from "kysely";
import { z } from "zod";
import type { QueryCost } from "../../../../src-shared/model/tenants/query-cost.ts";
import { ROLLUP_DIMENSIONS, sumCosts, type Rollup, type ShapeUseSums } from "./cost-sums.ts";
import { dayNumberAt, idBucket, keyOf } from "./ledger-keys.ts";
import { MOST_DEAR } from "./ledger.ts";
import { clean, columns } from "./postgres-values.ts";
import type { LedgerTables } from "./postgres-schema.ts";

/** A tenant's list of the dearest of a day is cut when it has grown to this. */
const CUT_DEAR_AT = 2 * MOST_DEAR;

const seenRow = z.object({ hour: z.number(), key: z.instanceof(Uint8Array) });
const fromDayRow = z.object({ value: z.number() });
const rowsRow = z.object({ row: z.coerce.number() });

interface Numbered {
  readonly row: number;
  readonly cost: QueryCost;
}

/**
 * One transaction and some statements, whatever the number of costs: the sums hold exactly those that were new. Costs of
 * days that were purged are left out. Throws what the driver throws.
 */
export async function addTo(database: Kysely<LedgerTables>, costs: readonly QueryCost[]): Promise<number> {
  return database.transaction().execute(async (transaction) => {
    const fresh = await unseen(transaction, costs);
    if (fresh.length === 0) return 0;
    const numbers = await sql`
      SELECT nextval('ledger_costs_row_seq') AS row FROM generate_series(1, ${fresh.length}::int)`.execute(transaction);
    const numbered = fresh.map((cost, index): Numbered => {
      return { row: rowsRow.parse(numbers.rows[index]).row, cost };
    });
    await addCosts(transaction, numbered);
    const { rollups, uses } = sumCosts(fresh);
    await addShapes(transaction, uses);
    await addRollups(transaction, rollups);
    await addUses(transaction, uses, numbered);
    await addDays(transaction, numbered);
    await addDear(transaction, numbered);
    return fresh.length;
  });
}

async function unseen(
  transaction: Transaction<LedgerTables>,
  costs: readonly QueryCost[],
): Promise<readonly QueryCost[]> {
  const kept = await sql`SELECT value FROM ledger_kept WHERE key = 'costs_from_day'`.execute(transaction);
  const fromDay = kept.rows.length === 0 ? 0 : fromDayRow.parse(kept.rows[0]).value;
  const byKey = new Map<string, { readonly hour: number; readonly key: Buffer; readonly cost: QueryCost }>();
  for (const cost of costs) {
    if (dayNumberAt(cost.atMs) < fromDay) continue;
    const [hour, key] = [idBucket(cost), keyOf(cost.id)];
    const name = `${hour} ${key.toString("hex")}`;
    if (!byKey.has(name)) byKey.set(name, { hour, key, cost });
  }
  // Two that add the same costs take their locks in one order.
  const sorted = [...byKey].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry);
  const { rows } = await sql`
    INSERT INTO ledger_seen SELECT * FROM ${columns([
      ["int", sorted.map(({ hour }) => hour)],
      ["bytea", sorted.map(({ key }) => key)],
      ["int", sorted.map(({ cost }) => dayNumberAt(cost.atMs))],
    ])} AS given ON CONFLICT DO NOTHING RETURNING hour, key`.execute(transaction);
  return rows.flatMap((raw) => {
    const { hour, key } = seenRow.parse(raw);
    return byKey.get(`${hour} ${Buffer.from(key).toString("hex")}`)?.cost ?? [];
  });
}

async function addCosts(transaction: Transaction<LedgerTables>, costs: readonly Numbered[]): Promise<void> {
  await sql`
    INSERT INTO ledger_costs SELECT * FROM ${columns([
      ["bigint", costs.map(({ row }) => row)],
      ["int", costs.map(({ cost }) => dayNumberAt(cost.atMs))],
      ["text", costs.map(({ cost }) => clean(cost.tenant))],
      ["bytea", costs.map(({ cost }) => keyOf(cost.shape))],
      ["float8", costs.map(({ cost }) => cost.atMs)],
      ["bytea", costs.map(({ cost: { query, tags, user } }) => keyOf(JSON.stringify([query, tags, user])))],
      // JSON writes NUL and lone surrogates as escapes.
      ["text", costs.map(({ cost }) => JSON.stringify(cost))],
    ])} AS given`.execute(transaction);
}

async function addShapes(transaction: Transaction<LedgerTables>, uses: readonly ShapeUseSums[]): Promise<void> {
  const shapes = new Map<string, { readonly key: Buffer; readonly shape: string; day: number }>();
  for (const { shape, day } of uses) {
    const known = shapes.get(shape);
    if (known === undefined) shapes.set(shape, { key: keyOf(shape), shape: clean(shape), day });
    else known.day = Math.max(known.day, day);
  }
  const sorted = [...shapes.values()].toSorted((a, b) => Buffer.compare(a.key, b.key));
  await sql`
    INSERT INTO ledger_shapes AS old SELECT * FROM ${columns([
      ["bytea", sorted.map(({ key }) => key)],
      ["text", sorted.map(({ shape }) => shape)],
      ["int", sorted.map(({ day }) => day)],
    ])} AS given ON CONFLICT (key) DO UPDATE SET last_day = excluded.last_day WHERE old.last_day < excluded.last_day`.execute(
    transaction,
  );
}

async function addRollups(transaction: Transaction<LedgerTables>, rollups: readonly Rollup[]): Promise<void> {
  const keyed = rollups
    .map((rollup) => ({ ...rollup, key: keyOf(`${rollup.tenant}\0${rollup.value}`) }))
    .toSorted((a, b) => a.day - b.day || Buffer.compare(a.key, b.key));
  await sql`
    INSERT INTO ledger_rollups AS old SELECT * FROM ${columns([
      ["smallint", keyed.map(({ dimension }) => ROLLUP_DIMENSIONS.indexOf(dimension))],
      ["int", keyed.map(({ day }) => day)],
      ["bytea", keyed.map(({ key }) => key)],
      ["text", keyed.map(({ tenant }) => clean(tenant))],
      [
        "text",
        keyed.map(({ dimension, value }) => (dimension === "shape" ? keyOf(value).toString("hex") : clean(value))),
      ],
      ["float8", keyed.map(({ queries }) => queries)],
      ["float8", keyed.map(({ failed }) => failed)],
      ["float8", keyed.map(({ bytes }) => bytes)],
      ["float8", keyed.map(({ lines }) => lines)],
      ["float8", keyed.map(({ durationMs }) => durationMs)],
    ])} AS given ON CONFLICT (dimension, day, key) DO UPDATE SET
      queries = old.queries + excluded.queries, failed = old.failed + excluded.failed,
      bytes = old.bytes + excluded.bytes, lines = old.lines + excluded.lines,
      duration_ms = old.duration_ms + excluded.duration_ms`.execute(transaction);
}

async function addUses(
  transaction: Transaction<LedgerTables>,
  uses: readonly ShapeUseSums[],
  costs: readonly Numbered[],
): Promise<void> {
  const keyed = uses
    .map((use) => ({ ...use, shapeKey: keyOf(use.shape), key: keyOf(`${use.tenant}\0${use.user}\0${use.source}`) }))
    .toSorted((a, b) => a.day - b.day || Buffer.compare(a.shapeKey, b.shapeKey) || Buffer.compare(a.key, b.key));
  await sql`
    INSERT INTO ledger_uses AS old SELECT * FROM ${columns([
      ["int", keyed.map(({ day }) => day)],
      ["bytea", keyed.map(({ shapeKey }) => shapeKey)],
      ["bytea", keyed.map(({ key }) => key)],
      ["text", keyed.map(({ tenant }) => clean(tenant))],
      ["text", keyed.map(({ user }) => clean(user))],
      ["text", keyed.map(({ source }) => clean(source))],
      ["float8", keyed.map(({ queries }) => queries)],
      ["float8", keyed.map(({ failed }) => failed)],
      ["float8", keyed.map(({ bytes }) => bytes)],
      ["float8", keyed.map(({ durationMs }) => durationMs)],
      ["float8", keyed.map(({ maxRangeMs }) => maxRangeMs)],
      ["float8", keyed.map(({ cacheable }) => cacheable)],
      ["float8", keyed.map(({ cached }) => cached)],
      ["float8", keyed.map(({ dearestBytes }) => dearestBytes)],
      ["bigint", keyed.map(({ dearest }) => costs[dearest]?.row ?? 0)],
    ])} AS given ON CONFLICT (day, shape, key) DO UPDATE SET
      queries = old.queries + excluded.queries, failed = old.failed + excluded.failed,
      bytes = old.bytes + excluded.bytes, duration_ms = old.duration_ms + excluded.duration_ms,
      max_range_ms = greatest(old.max_range_ms, excluded.max_range_ms),
      cacheable = old.cacheable + excluded.cacheable, cached = old.cached + excluded.cached,
      dearest = CASE WHEN excluded.dearest_bytes > old.dearest_bytes THEN excluded.dearest ELSE old.dearest END,
      dearest_bytes = greatest(old.dearest_bytes, excluded.dearest_bytes)`.execute(transaction);
}

async function addDays(transaction: Transaction<LedgerTables>, costs: readonly Numbered[]): Promise<void> {
  const days = new Map<number, { from: number; to: number; count: number }>();
  for (const { row, cost } of costs) {
    const day = days.get(dayNumberAt(cost.atMs));
    if (day === undefined) days.set(dayNumberAt(cost.atMs), { from: row, to: row, count: 1 });
    else {
      day.from = Math.min(day.from, row);
      day.to = Math.max(day.to, row);
      day.count += 1;
    }
  }
  const sorted = [...days].toSorted(([a], [b]) => a - b);
  await sql`
    INSERT INTO ledger_cost_days AS old SELECT * FROM ${columns([
      ["int", sorted.map(([day]) => day)],
      ["bigint", sorted.map(([, { from }]) => from)],
      ["bigint", sorted.map(([, { to }]) => to)],
      ["bigint", sorted.map(([, { count }]) => count)],
    ])} AS given ON CONFLICT (day) DO UPDATE SET first_row = least(old.first_row, excluded.first_row),
      last_row = greatest(old.last_row, excluded.last_row), costs = old.costs + excluded.costs`.execute(transaction);
}

/**
 * Only what can be among the dearest of its day and tenant. The days' rows are locked by `addDays`, so one process at a time
 * counts and cuts.
 */
async function addDear(transaction: Transaction<LedgerTables>, costs: readonly Numbered[]): Promise<void> {
  const groups = Map.groupBy(costs, ({ cost }) => `${dayNumberAt(cost.atMs)} ${cost.tenant}`);
  const dearest = [...groups.values()].flatMap((group) =>
    group.toSorted((a, b) => b.cost.bytes - a.cost.bytes).slice(0, MOST_DEAR),
  );
  await sql`
    INSERT INTO ledger_dear
    SELECT new.* FROM ${columns([
      ["int", dearest.map(({ cost }) => dayNumberAt(cost.atMs))],
      ["text", dearest.map(({ cost }) => clean(cost.tenant))],
      ["float8", dearest.map(({ cost }) => cost.bytes)],
      ["bigint", dearest.map(({ row }) => row)],
    ])} AS new (day, tenant, bytes, row)
    JOIN (SELECT day, tenant, (
        SELECT bytes FROM ledger_dear AS old WHERE old.day = pairs.day AND old.tenant = pairs.tenant
        ORDER BY bytes DESC, row DESC OFFSET ${MOST_DEAR - 1} LIMIT 1) AS floor
      FROM ${columns([
        ["int", [...groups.values()].map((group) => dayNumberAt(group[0]?.cost.atMs ?? 0))],
        ["text", [...groups.values()].map((group) => clean(group[0]?.cost.tenant ?? ""))],
      ])} AS pairs (day, tenant)) AS floors USING (day, tenant)
    WHERE floors.floor IS NULL OR new.bytes > floors.floor`.execute(transaction);
  await sql`
    DELETE FROM ledger_dear AS old USING (
      SELECT DISTINCT day, tenant, (
        SELECT bytes FROM ledger_dear AS kept WHERE kept.day = pairs.day AND kept.tenant = pairs.tenant
        ORDER BY bytes DESC, row DESC OFFSET ${MOST_DEAR - 1} LIMIT 1) AS floor
      FROM ${columns([
        ["int", [...groups.values()].map((group) => dayNumberAt(group[0]?.cost.atMs ?? 0))],
        ["text", [...groups.values()].map((group) => clean(group[0]?.cost.tenant ?? ""))],
      ])} AS pairs (day, tenant)
      WHERE (SELECT count(*) FROM ledger_dear AS kept WHERE kept.day = pairs.day AND kept.tenant = pairs.tenant)
        >= ${CUT_DEAR_AT}::int) AS floors
    WHERE old.day = floors.day AND old.tenant = floors.tenant AND old.bytes < floors.floor`.execute(transaction);
}
