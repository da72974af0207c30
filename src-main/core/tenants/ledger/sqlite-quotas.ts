import type { DatabaseSync } from "node:sqlite";
import type { Quota, QuotaScope } from "../../../../src-shared/model/tenants/quota.ts";
import { readQuotas } from "./quota-row.ts";

/** Quotas in SQLite. Throws what SQLite throws. */

export function quotasIn(database: DatabaseSync): readonly Quota[] {
  return readQuotas(database.prepare("SELECT * FROM quotas").all());
}

export function setQuotaIn(database: DatabaseSync, { scope, bytes, hardBytes, warnShare }: Quota): void {
  database
    .prepare("INSERT OR REPLACE INTO quotas VALUES (?, ?, ?, ?, ?, ?)")
    .run(scope.kind, scope.name, scope.period, bytes, hardBytes, warnShare);
}

export function removeQuotaIn(database: DatabaseSync, { kind, name, period }: QuotaScope): boolean {
  return (
    database.prepare("DELETE FROM quotas WHERE kind = ? AND name = ? AND period = ?").run(kind, name, period).changes >
    0
  );
}
