import type { DatabaseSync } from "node:sqlite";
import { inTransaction } from "../../common/sqlite-database.ts";
import { dayNumber, firstHourOf } from "./ledger-keys.ts";
import { SETTLE_WITHIN_MS } from "./ledger.ts";
import { numberIn } from "./report-row.ts";

/** Rows removed in one transaction: some milliseconds, after which others have their turn. */
const SLICE = 5_000;

/**
 * Removes some single costs of days before one; `more` until none are left. From the first call on, costs of
 * these days are not taken again: their ids go too. Throws what SQLite throws.
 */
export function purgeSomeCostsIn(database: DatabaseSync, beforeDay: string): { removed: number; more: boolean } {
  const before = dayNumber(beforeDay);
  return inTransaction(database, () => {
    database
      .prepare(
        `INSERT INTO kept VALUES ('costs_from_day', ?) ON CONFLICT DO UPDATE SET value = max(value, excluded.value)`,
      )
      .run(before);
    const oldest = database
      .prepare("SELECT day, first_row, last_row FROM cost_days WHERE day < ? ORDER BY day LIMIT 1")
      .get(before);
    if (oldest === undefined) {
      const hour = firstHourOf(before);
      database.prepare("DELETE FROM seen WHERE hour > 0 AND hour < ?").run(hour);
      database.prepare("DELETE FROM seen WHERE hour = 0 AND day < ?").run(before);
      database.prepare("DELETE FROM texts WHERE hour < ?").run(hour);
      return { removed: 0, more: false };
    }
    const [day, first, last] = [oldest["day"], oldest["first_row"], oldest["last_row"]].map(numberIn);
    const end = Math.min((first ?? 0) + SLICE - 1, last ?? 0);
    const { changes } = database
      .prepare("DELETE FROM costs WHERE row BETWEEN ? AND ? AND day = ?")
      .run(first ?? 0, end, day ?? 0);
    if (end === last) {
      database.prepare("DELETE FROM cost_days WHERE day = ?").run(day ?? 0);
      database.prepare("DELETE FROM dear WHERE day = ?").run(day ?? 0);
    } else {
      database
        .prepare("UPDATE cost_days SET first_row = ?, costs = costs - ? WHERE day = ?")
        .run(end + 1, changes, day ?? 0);
    }
    return { removed: Number(changes), more: true };
  });
}

/** Removes sums before a day, spends with them, and reservations that ran out long ago. Answers how many sums. */
export function purgeSumsIn(database: DatabaseSync, beforeDay: string, nowMs: number): number {
  const before = dayNumber(beforeDay);
  return inTransaction(database, () => {
    database.prepare("DELETE FROM rollups WHERE dimension BETWEEN 0 AND 3 AND day < ?").run(before);
    const { changes } = database.prepare("DELETE FROM uses WHERE day < ?").run(before);
    database.prepare("DELETE FROM names WHERE last_day < ?").run(before);
    // A period is a day or a month: each is compared with as much of the day as it names.
    database.prepare("DELETE FROM spends WHERE period < substr(?, 1, length(period))").run(beforeDay);
    database.prepare("DELETE FROM held WHERE expires_at_ms < ?").run(nowMs - SETTLE_WITHIN_MS);
    return Number(changes);
  });
}
