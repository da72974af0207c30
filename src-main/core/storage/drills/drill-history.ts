import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import {
  drillSchema,
  signedDrillReportSchema,
  type Drill,
  type SignedDrillReport,
} from "../../../../src-shared/model/storage/recovery.ts";
import type { JobId } from "../../../../src-shared/model/ids.ts";
import type { StoreId } from "../../../../src-shared/model/storage/store.ts";
import { AppError } from "../../../../src-shared/errors/app-error.ts";
import { openSqliteDatabase } from "../../common/sqlite-database.ts";

const MIGRATIONS = [
  `CREATE TABLE drills (
     drill TEXT PRIMARY KEY,
     store TEXT NOT NULL,
     ended_at_ms INTEGER NOT NULL,
     summary TEXT NOT NULL,
     signed TEXT NOT NULL
   ) STRICT;
   CREATE INDEX drills_by_age ON drills (ended_at_ms DESC);
   CREATE TABLE keys (key_id TEXT PRIMARY KEY, public_key TEXT NOT NULL, since_ms INTEGER NOT NULL) STRICT;`,
];
/** Drills of twenty years of weeks; the oldest go first. */
const MOST_DRILLS = 1_000;

const rowSchema = z.object({ summary: z.string() });
const signedRowSchema = z.object({ signed: z.string() });

/** Drills of a profile and their signed reports, and which keys these were signed with. */
export class DrillHistory implements Disposable {
  readonly #database: DatabaseSync;

  constructor(file: string) {
    this.#database = openSqliteDatabase(file, MIGRATIONS);
  }

  keep(signed: SignedDrillReport): void {
    const { drill } = signed.report;
    const { keyId, publicKey } = signed.signature;
    this.#database
      .prepare("INSERT OR REPLACE INTO drills (drill, store, ended_at_ms, summary, signed) VALUES (?, ?, ?, ?, ?)")
      .run(drill.drill, drill.store, Math.round(drill.endedAtMs), JSON.stringify(drill), JSON.stringify(signed));
    this.#database
      .prepare("INSERT OR IGNORE INTO keys (key_id, public_key, since_ms) VALUES (?, ?, ?)")
      .run(keyId, publicKey, Math.round(drill.endedAtMs));
    this.#database
      .prepare("DELETE FROM drills WHERE drill NOT IN (SELECT drill FROM drills ORDER BY ended_at_ms DESC LIMIT ?)")
      .run(MOST_DRILLS);
  }

  /** Newest first; of every store with `null`. */
  list(store: StoreId | null, limit: number): Drill[] {
    const rows = this.#database
      .prepare("SELECT summary FROM drills WHERE ?1 IS NULL OR store = ?1 ORDER BY ended_at_ms DESC LIMIT ?2")
      .all(store, limit);
    return rows.map((row) => drillSchema.parse(JSON.parse(rowSchema.parse(row).summary)));
  }

  /** @throws AppError `recovery.drill-unknown` */
  signed(drill: JobId): SignedDrillReport {
    const row = this.#database.prepare("SELECT signed FROM drills WHERE drill = ?").get(drill);
    if (row === undefined) throw new AppError("recovery.drill-unknown", { drill });
    return signedDrillReportSchema.parse(JSON.parse(signedRowSchema.parse(row).signed));
  }

  /** Whether this profile has signed with the key: its name alone can be taken by anybody. */
  hasSignedWith(publicKey: string): boolean {
    return this.#database.prepare("SELECT 1 FROM keys WHERE public_key = ?").get(publicKey) !== undefined;
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }
}
