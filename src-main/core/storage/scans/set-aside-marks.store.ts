import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import type { StoreId } from "../../../../src-shared/model/storage/store.ts";
import { inTransaction, openSqliteDatabase } from "../../common/sqlite-database.ts";
import { isDatabaseDamage, setDatabaseAside } from "./damaged-database.ts";

const MIGRATIONS = [
  `CREATE TABLE marks (store TEXT NOT NULL, key TEXT NOT NULL, batch TEXT NOT NULL, PRIMARY KEY (store, key))
   STRICT, WITHOUT ROWID;`,
];

/**
 * Which objects stand in the quarantine, for findings to say so. The batches themselves are the truth, in the bucket; this is a note
 * of them, in a file of its own that no scan ever locks. A damaged one is begun anew.
 */
export class SetAsideMarks implements Disposable {
  readonly #file: string;
  readonly #nowMs: () => number;
  #database: DatabaseSync | null = null;

  constructor(file: string, nowMs: () => number) {
    this.#file = file;
    this.#nowMs = nowMs;
  }

  /** With `null`, they stand in their place again. */
  mark(store: StoreId, keys: readonly string[], batch: string | null): void {
    const database = this.#opened();
    const put = database.prepare("INSERT OR REPLACE INTO marks VALUES (?, ?, ?)");
    const remove = database.prepare("DELETE FROM marks WHERE store = ? AND key = ?");
    inTransaction(database, () => {
      for (const key of keys) {
        if (batch === null) remove.run(store, key);
        else put.run(store, key, batch);
      }
    });
  }

  /** Answers for many keys of one store; `null` for one that stands in its place. */
  of(store: StoreId): (key: string) => string | null {
    const find = this.#opened().prepare("SELECT batch FROM marks WHERE store = ? AND key = ?");
    return (key) => {
      const row = find.get(store, key);
      return row === undefined ? null : String(row["batch"]);
    };
  }

  [Symbol.dispose](): void {
    this.#database?.close();
    this.#database = null;
  }

  #opened(): DatabaseSync {
    if (this.#database !== null) return this.#database;
    mkdirSync(dirname(this.#file), { recursive: true, mode: 0o700 });
    try {
      this.#database = openSqliteDatabase(this.#file, MIGRATIONS);
    } catch (error) {
      if (!isDatabaseDamage(error)) throw error;
      setDatabaseAside(this.#file, this.#nowMs());
      this.#database = openSqliteDatabase(this.#file, MIGRATIONS);
    }
    return this.#database;
  }
}
