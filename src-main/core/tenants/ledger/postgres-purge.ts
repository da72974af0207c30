import { sql, type Kysely } from "kysely";
import { z } from "zod";
import { dayNumber, firstHourOf } from "./ledger-keys.ts";
import { SETTLE_WITHIN_MS } from "./ledger.ts";
import type { LedgerTables } from "./postgres-schema.ts";

const SLICE = 20_000;
const oldestSchema = z.object({ day: z.number(), first: z.coerce.number(), last: z.coerce.number() });

/** See `purgeSomeCostsIn`. Throws what the driver throws. */
export async function purgeSomeCostsFrom(
  database: Kysely<LedgerTables>,
  beforeDay: string,
): Promise<{ readonly removed: number; readonly more: boolean }> {
  const before = dayNumber(beforeDay);
  return database.transaction().execute(async (transaction) => {
    await sql`
      INSERT INTO ledger_kept AS old VALUES ('costs_from_day', ${before}::int)
      ON CONFLICT (key) DO UPDATE SET value = greatest(old.value, excluded.value)`.execute(transaction);
    const { rows } = await sql`
      SELECT day, first_row AS first, last_row AS last FROM ledger_cost_days WHERE day < ${before}::int
      ORDER BY day LIMIT 1 FOR UPDATE`.execute(transaction);
    if (rows.length === 0) {
      await sql`
        DELETE FROM ledger_seen WHERE hour < ${firstHourOf(before)}::int AND day < ${before}::int`.execute(transaction);
      return { removed: 0, more: false };
    }
    const { day, first, last } = oldestSchema.parse(rows[0]);
    const end = Math.min(first + SLICE - 1, last);
    const { numAffectedRows } = await sql`
      DELETE FROM ledger_costs WHERE row BETWEEN ${first} AND ${end} AND day = ${day}::int`.execute(transaction);
    const removed = Number(numAffectedRows ?? 0n);
    if (end === last) {
      await sql`DELETE FROM ledger_cost_days WHERE day = ${day}::int`.execute(transaction);
      await sql`DELETE FROM ledger_dear WHERE day = ${day}::int`.execute(transaction);
    } else {
      await sql`
        UPDATE ledger_cost_days SET first_row = ${end + 1}, costs = costs - ${removed}::int
        WHERE day = ${day}::int`.execute(transaction);
    }
    return { removed, more: true };
  });
}

/** See `purgeSumsIn`. Throws what the driver throws. */
export async function purgeSumsFrom(database: Kysely<LedgerTables>, beforeDay: string, nowMs: number): Promise<number> {
  const before = dayNumber(beforeDay);
  return database.transaction().execute(async (transaction) => {
    await sql`DELETE FROM ledger_rollups WHERE day < ${before}::int`.execute(transaction);
    const { numAffectedRows } = await sql`DELETE FROM ledger_uses WHERE day < ${before}::int`.execute(transaction);
    await sql`DELETE FROM ledger_shapes WHERE last_day < ${before}::int`.execute(transaction);
    // A period is a day or a month: each is compared with as much of the day as it names.
    await sql`DELETE FROM ledger_spends WHERE period < substr(${beforeDay}, 1, length(period))`.execute(transaction);
    await transaction
      .deleteFrom("ledger_held")
      .where("expires_at_ms", "<", nowMs - SETTLE_WITHIN_MS)
      .execute();
    return Number(numAffectedRows ?? 0n);
  });
}
