import { sql, type Kysely, type Transaction } from "kysely";
import type { ReserveRequest, ReserveResult, Spend, SpendScope } from "./ledger.ts";
import type { LedgerTables } from "./postgres-schema.ts";

/** Reservations in PostgreSQL. Throws what the driver throws. */

export async function spendIn(
  database: Kysely<LedgerTables>,
  { kind, name, period }: SpendScope,
  nowMs: number,
): Promise<Spend> {
  const used = await database
    .selectFrom("ledger_spends")
    .select("used")
    .where("kind", "=", kind)
    .where("name", "=", name)
    .where("period", "=", period)
    .executeTakeFirst();
  const held = await database
    .selectFrom("ledger_held")
    .select(({ fn }) => fn.sum<number | null>("bytes").as("bytes"))
    .where("kind", "=", kind)
    .where("name", "=", name)
    .where("period", "=", period)
    .where("expires_at_ms", ">", nowMs)
    .executeTakeFirst();
  return { usedBytes: used?.used ?? 0, reservedBytes: held?.bytes ?? 0 };
}

/**
 * The row of each scope is locked, in the order of their names, before it is counted: who asks for the same scope waits, and
 * nobody waits in a circle.
 */
async function lockScopes(transaction: Transaction<LedgerTables>, scopes: readonly SpendScope[]): Promise<void> {
  const keyOf = ({ kind, name, period }: SpendScope) => JSON.stringify([kind, name, period]);
  const sorted = scopes.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  for (const { kind, name, period } of sorted) {
    await transaction
      .insertInto("ledger_spends")
      .values({ kind, name, period, used: 0 })
      // An update locks the row whether it was there or not.
      .onConflict((conflict) =>
        conflict.columns(["kind", "name", "period"]).doUpdateSet({ used: sql`ledger_spends.used` }),
      )
      .execute();
  }
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
    const before: Spend[] = [];
    for (const claim of claims) before.push(await spendIn(transaction, claim, nowMs));
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
    const spends: Spend[] = [];
    for (const claim of claims) spends.push(await spendIn(transaction, claim, nowMs));
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
    for (const { kind, name, period } of gone) {
      await transaction
        .updateTable("ledger_spends")
        .set(({ eb }) => ({ used: eb("used", "+", bytes) }))
        .where("kind", "=", kind)
        .where("name", "=", name)
        .where("period", "=", period)
        .execute();
    }
    return gone.length > 0;
  });
}
