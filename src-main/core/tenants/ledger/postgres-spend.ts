import { sql, type ExpressionBuilder, type Kysely, type Transaction } from "kysely";
import type { ReserveRequest, ReserveResult, Spend, SpendScope } from "./ledger.ts";
import type { LedgerTables } from "./postgres-schema.ts";

/**
 * Reservations in PostgreSQL, in few statements: while one runs, whoever asks for the same scope waits. Throws what the driver
 * throws.
 */

export async function spendIn(database: Kysely<LedgerTables>, scope: SpendScope, nowMs: number): Promise<Spend> {
  const [spend] = await spendsIn(database, [scope], nowMs);
  return spend ?? { usedBytes: 0, reservedBytes: 0 };
}

/** One figure for each scope, in their order. */
async function spendsIn(
  database: Kysely<LedgerTables>,
  scopes: readonly SpendScope[],
  nowMs: number,
): Promise<readonly Spend[]> {
  if (scopes.length === 0) return [];
  const used = await database
    .selectFrom("ledger_spends")
    .select(["kind", "name", "period", "used"])
    .where(({ eb }) => eb.or(scopes.map((scope) => isOf(eb, scope))))
    .execute();
  const held = await database
    .selectFrom("ledger_held")
    .select(({ fn }) => ["kind", "name", "period", fn.sum<number>("bytes").as("bytes")])
    .where(({ eb }) => eb.or(scopes.map((scope) => isOf(eb, scope))))
    .where("expires_at_ms", ">", nowMs)
    .groupBy(["kind", "name", "period"])
    .execute();
  const same = (scope: SpendScope) => (row: { kind: string; name: string; period: string }) =>
    row.kind === scope.kind && row.name === scope.name && row.period === scope.period;
  return scopes.map((scope) => ({
    usedBytes: used.find(same(scope))?.used ?? 0,
    reservedBytes: held.find(same(scope))?.bytes ?? 0,
  }));
}

function isOf(
  eb: ExpressionBuilder<LedgerTables, "ledger_spends" | "ledger_held">,
  { kind, name, period }: SpendScope,
) {
  return eb.and([eb("kind", "=", kind), eb("name", "=", name), eb("period", "=", period)]);
}

/**
 * The row of each scope is locked, in the order of their names, before it is counted: who asks for the same scope waits, and
 * nobody waits in a circle. PostgreSQL takes the rows of one `INSERT` in the order in which they stand.
 */
async function lockScopes(transaction: Transaction<LedgerTables>, scopes: readonly SpendScope[]): Promise<void> {
  if (scopes.length === 0) return;
  const keyOf = ({ kind, name, period }: SpendScope) => JSON.stringify([kind, name, period]);
  const byKey = new Map(scopes.map((scope) => [keyOf(scope), scope]));
  const sorted = [...byKey].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, scope]) => scope);
  await transaction
    .insertInto("ledger_spends")
    .values(sorted.map(({ kind, name, period }) => ({ kind, name, period, used: 0 })))
    // An update locks the row whether it was there or not.
    .onConflict((conflict) =>
      conflict.columns(["kind", "name", "period"]).doUpdateSet({ used: sql`ledger_spends.used` }),
    )
    .execute();
}

export async function reserveWith(
  database: Kysely<LedgerTables>,
  request: ReserveRequest,
  nowMs: number,
): Promise<ReserveResult> {
  const { id, bytes, claims, ttlMs } = request;
  return database.transaction().execute(async (transaction) => {
    await lockScopes(transaction, claims);
    const again = await transaction
      .selectFrom("ledger_held")
      .select("position")
      .where("reservation", "=", id)
      .executeTakeFirst();
    const before = await spendsIn(transaction, claims, nowMs);
    if (again !== undefined) return { granted: true, spends: before };
    for (const [position, claim] of claims.entries()) {
      const spend = before[position] ?? { usedBytes: 0, reservedBytes: 0 };
      const after = spend.usedBytes + spend.reservedBytes + bytes;
      if (claim.limitBytes !== null && after > claim.limitBytes) return { granted: false, claim, spend };
    }
    if (claims.length > 0) {
      const rows = claims.map(({ kind, name, period }, position) => ({
        reservation: id,
        position,
        kind,
        name,
        period,
        bytes,
        expires_at_ms: nowMs + ttlMs,
      }));
      await transaction.insertInto("ledger_held").values(rows).execute();
    }
    // A scope that is claimed twice is held twice.
    const key = ({ kind, name, period }: SpendScope) => JSON.stringify([kind, name, period]);
    const spends = before.map((spend, position) => {
      const claim = claims[position];
      const times = claim === undefined ? 0 : claims.filter((other) => key(other) === key(claim)).length;
      return { ...spend, reservedBytes: spend.reservedBytes + (ttlMs > 0 ? bytes * times : 0) };
    });
    return { granted: true, spends };
  });
}

export async function settleWith(
  database: Kysely<LedgerTables>,
  id: string,
  bytes: number,
  nowMs: number,
): Promise<boolean> {
  return database.transaction().execute(async (transaction) => {
    const scopes = await transaction
      .selectFrom("ledger_held")
      .select(["kind", "name", "period"])
      .where("reservation", "=", id)
      .where("settled", "=", false)
      .execute();
    // What the table holds of a scope is what `reserveWith` put there.
    await lockScopes(transaction, scopes as SpendScope[]);
    // What is settled is remembered, so that a settlement or a reservation that is sent again changes nothing.
    const gone = await transaction
      .updateTable("ledger_held")
      .set({ settled: true, bytes: 0, expires_at_ms: nowMs })
      .where("reservation", "=", id)
      .where("settled", "=", false)
      .returning(["kind", "name", "period"])
      .execute();
    if (gone.length === 0) return false;
    await transaction
      .updateTable("ledger_spends")
      .set(({ eb }) => ({ used: eb("used", "+", bytes) }))
      .where(({ eb }) => eb.or((gone as SpendScope[]).map((scope) => isOf(eb, scope))))
      .execute();
    return true;
  });
}
