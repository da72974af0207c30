import type { Kysely } from "kysely";
import type { Quota, QuotaScope } from "../../../../src-shared/model/tenants/quota.ts";
import type { LedgerTables } from "./postgres-schema.ts";
import { readQuotas } from "./quota-row.ts";

/** Quotas in PostgreSQL. Throws what the driver throws. */

export async function quotasFrom(database: Kysely<LedgerTables>): Promise<readonly Quota[]> {
  return readQuotas(await database.selectFrom("ledger_quotas").selectAll().execute());
}

export async function setQuotaIn(database: Kysely<LedgerTables>, quota: Quota): Promise<void> {
  const figures = { bytes: quota.bytes, hard_bytes: quota.hardBytes, warn_share: quota.warnShare };
  await database
    .insertInto("ledger_quotas")
    .values({ ...quota.scope, ...figures })
    .onConflict((conflict) => conflict.columns(["kind", "name", "period"]).doUpdateSet(figures))
    .execute();
}

export async function removeQuotaIn(
  database: Kysely<LedgerTables>,
  { kind, name, period }: QuotaScope,
): Promise<boolean> {
  const { numDeletedRows } = await database
    .deleteFrom("ledger_quotas")
    .where("kind", "=", kind)
    .where("name", "=", name)
    .where("period", "=", period)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}
