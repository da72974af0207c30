import type { DatabaseSync } from "node:sqlite";
import { inTransaction } from "../../common/sqlite-database.ts";
import type { ReserveRequest, ReserveResult, Spend, SpendScope } from "./ledger.ts";

/** Reservations in SQLite: `BEGIN IMMEDIATE` lets one process at a time count and hold. Throws what SQLite throws. */

export function spendOf(database: DatabaseSync, { kind, name, period }: SpendScope, nowMs: number): Spend {
  const used = database
    .prepare("SELECT used FROM spends WHERE kind = ? AND name = ? AND period = ?")
    .get(kind, name, period);
  const held = database
    .prepare("SELECT total(bytes) AS bytes FROM held WHERE kind = ? AND name = ? AND period = ? AND expires_at_ms > ?")
    .get(kind, name, period, nowMs);
  return { usedBytes: Number(used?.["used"] ?? 0), reservedBytes: Number(held?.["bytes"] ?? 0) };
}

export function reserveIn(database: DatabaseSync, request: ReserveRequest, nowMs: number): ReserveResult {
  const { id, bytes, claims, ttlMs } = request;
  return inTransaction(database, () => {
    const again = database.prepare("SELECT 1 FROM held WHERE reservation = ?").get(id) !== undefined;
    if (!again) {
      for (const claim of claims) {
        const spend = spendOf(database, claim, nowMs);
        const after = spend.usedBytes + spend.reservedBytes + bytes;
        if (claim.limitBytes !== null && after > claim.limitBytes) return { granted: false, claim, spend };
      }
      const insert = database.prepare("INSERT INTO held VALUES (?, ?, ?, ?, ?, ?, ?, 0)");
      for (const [position, { kind, name, period }] of claims.entries()) {
        insert.run(id, position, kind, name, period, bytes, nowMs + ttlMs);
      }
    }
    return { granted: true, spends: claims.map((claim) => spendOf(database, claim, nowMs)) };
  });
}

export function settleIn(database: DatabaseSync, id: string, bytes: number, nowMs: number): boolean {
  return inTransaction(database, () => {
    const { changes } = database
      .prepare(
        `INSERT INTO spends SELECT kind, name, period, ?2 FROM held WHERE reservation = ?1 AND settled = 0
         ON CONFLICT DO UPDATE SET used = used + excluded.used`,
      )
      .run(id, bytes);
    // What is settled is remembered, so that a settlement or a reservation that is sent again changes nothing.
    database
      .prepare("UPDATE held SET settled = 1, bytes = 0, expires_at_ms = ?2 WHERE reservation = ?1 AND settled = 0")
      .run(id, nowMs);
    return changes > 0;
  });
}
