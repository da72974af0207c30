import { sql, type Kysely, type Transaction } from "kysely";
import { z } from "zod";
import type { CostDimension, CostReportRow, QueryCost } from "../../../../src-shared/model/tenants/query-cost.ts";
import { sumCosts, type CostSum } from "./cost-sums.ts";
import { periodsAt, SETTLE_WITHIN_MS, type CostReportRequest, type LedgerExtent } from "./ledger.ts";
import type { LedgerTables } from "./postgres-schema.ts";
import { readCost, readExtent, readReportRow } from "./report-row.ts";

/** Single costs and their daily sums in PostgreSQL. Throws what the driver throws. */

const COLUMNS = {
  tenant: "tenant",
  user: "user_name",
  source: "source",
  shape: "shape",
  day: "day",
} as const satisfies Readonly<Record<CostDimension, keyof LedgerTables["ledger_sums"]>>;

const idRow = z.object({ id: z.string() });

/** One transaction and three statements, whatever the number of costs: the sums hold exactly those that were new. */
export async function addTo(database: Kysely<LedgerTables>, costs: readonly QueryCost[]): Promise<number> {
  // Two that add the same costs take their locks in one order.
  const byId = new Map(costs.map((cost) => [cost.id, cost]));
  const sorted = [...byId.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1));
  return database.transaction().execute(async (transaction) => {
    const { rows } = await sql`
      INSERT INTO ledger_costs
      SELECT * FROM unnest(
        ${sorted.map(({ id }) => id)}::text[], ${sorted.map(({ atMs }) => periodsAt(atMs).day)}::text[],
        ${sorted.map(({ tenant }) => clean(tenant))}::text[], ${sorted.map(({ bytes }) => bytes)}::float8[],
        ${sorted.map((cost) => JSON.stringify(cost))}::text[])
      ON CONFLICT DO NOTHING RETURNING id`.execute(transaction);
    const fresh = rows.flatMap((row) => byId.get(idRow.parse(row).id) ?? []);
    if (fresh.length > 0) await addSums(transaction, sumCosts(fresh));
    return fresh.length;
  });
}

async function addSums(transaction: Transaction<LedgerTables>, sums: readonly CostSum[]): Promise<void> {
  const shapes = new Map(sums.map(({ shapeId, shape }) => [shapeId, clean(shape)]));
  const ids = [...shapes.keys()].toSorted();
  await sql`
    INSERT INTO ledger_shapes SELECT * FROM unnest(${ids}::text[], ${ids.map((id) => shapes.get(id) ?? "")}::text[])
    ON CONFLICT DO NOTHING`.execute(transaction);
  const texts = (of: (sum: CostSum) => string) => sql`${sums.map((sum) => clean(of(sum)))}::text[]`;
  const figures = (of: (sum: CostSum) => number) => sql`${sums.map(of)}::float8[]`;
  await sql`
    INSERT INTO ledger_sums AS old
    SELECT * FROM unnest(
      ${texts((sum) => sum.day)}, ${texts((sum) => sum.site)}, ${texts((sum) => sum.tenant)},
      ${texts((sum) => sum.user)}, ${texts((sum) => sum.source)}, ${texts((sum) => sum.shapeId)},
      ${figures((sum) => sum.queries)}, ${figures((sum) => sum.failed)}, ${figures((sum) => sum.bytes)},
      ${figures((sum) => sum.lines)}, ${figures((sum) => sum.durationMs)})
    ON CONFLICT (day, site, tenant, user_name, source, shape) DO UPDATE SET
      queries = old.queries + excluded.queries, failed = old.failed + excluded.failed,
      bytes = old.bytes + excluded.bytes, lines = old.lines + excluded.lines,
      duration_ms = old.duration_ms + excluded.duration_ms`.execute(transaction);
}

/** PostgreSQL's text has no NUL. */
function clean(text: string): string {
  return text.replaceAll("\0", "\ufffd");
}

export async function reportFrom(
  database: Kysely<LedgerTables>,
  request: CostReportRequest,
): Promise<readonly CostReportRow[]> {
  const column = COLUMNS[request.by];
  let query = database
    .selectFrom("ledger_sums")
    .select(({ fn }) => [
      `ledger_sums.${column} as key` as const,
      fn.sum<number>("queries").as("queries"),
      fn.sum<number>("failed").as("failed"),
      fn.sum<number>("bytes").as("bytes"),
      fn.sum<number>("lines").as("lines"),
      fn.sum<number>("duration_ms").as("duration_ms"),
    ])
    .where("day", ">=", request.fromDay)
    .where("day", "<=", request.toDay)
    .groupBy(`ledger_sums.${column}`)
    .limit(request.limit);
  if (request.tenants !== null) query = query.where(isOneOf("tenant", request.tenants));
  const ordered = request.by === "day" ? query.orderBy("key") : query.orderBy("bytes", "desc").orderBy("key");
  if (request.by !== "shape") return (await ordered.execute()).map(readReportRow);
  const rows = await database
    .selectFrom(ordered.as("top"))
    .leftJoin("ledger_shapes", "ledger_shapes.id", "top.key")
    .select((eb) => eb.fn.coalesce("ledger_shapes.shape", eb.val("")).as("key"))
    .select(["top.queries", "top.failed", "top.bytes", "top.lines", "top.duration_ms"])
    .orderBy("top.bytes", "desc")
    .orderBy("top.key")
    .execute();
  return rows.map(readReportRow);
}

export async function costliestFrom(
  database: Kysely<LedgerTables>,
  request: Omit<CostReportRequest, "by">,
): Promise<readonly QueryCost[]> {
  let query = database
    .selectFrom("ledger_costs")
    .select("body")
    .where("day", ">=", request.fromDay)
    .where("day", "<=", request.toDay)
    .orderBy("bytes", "desc")
    .orderBy("id")
    .limit(request.limit);
  if (request.tenants !== null) query = query.where(isOneOf("tenant", request.tenants));
  return (await query.execute()).map(({ body }) => readCost(body));
}

/** As one array parameter: a list of parameters has an end, and an empty one is no SQL. */
function isOneOf(column: "tenant", values: readonly string[]) {
  return sql<boolean>`${sql.ref(column)} = ANY(${values.map(clean)}::text[])`;
}

export async function extentFrom(database: Kysely<LedgerTables>): Promise<LedgerExtent> {
  const { rows } = await sql`
    SELECT (SELECT count(*)::float8 FROM ledger_costs) AS costs,
      min(day) AS "firstDay", max(day) AS "lastDay" FROM ledger_sums`.execute(database);
  return readExtent(rows[0]);
}

export async function purgeFrom(
  database: Kysely<LedgerTables>,
  costsBeforeDay: string,
  sumsBeforeDay: string,
  nowMs: number,
): Promise<{ readonly costs: number; readonly sums: number }> {
  return database.transaction().execute(async (transaction) => {
    const costs = await transaction.deleteFrom("ledger_costs").where("day", "<", costsBeforeDay).executeTakeFirst();
    const sums = await transaction.deleteFrom("ledger_sums").where("day", "<", sumsBeforeDay).executeTakeFirst();
    // A period is a day or a month: each is compared with as much of the day as it names.
    await sql`DELETE FROM ledger_spends WHERE period < substr(${sumsBeforeDay}, 1, length(period))`.execute(
      transaction,
    );
    await transaction
      .deleteFrom("ledger_held")
      .where("expires_at_ms", "<", nowMs - SETTLE_WITHIN_MS)
      .execute();
    return { costs: Number(costs.numDeletedRows), sums: Number(sums.numDeletedRows) };
  });
}
