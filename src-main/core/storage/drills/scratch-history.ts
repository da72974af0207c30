import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import type { StoreId } from "../../../../src-shared/model/storage/store.ts";
import { openSqliteDatabase } from "../../common/sqlite-database.ts";

const MIGRATIONS = [
  `CREATE TABLE written (
     drill TEXT PRIMARY KEY, into_store TEXT NOT NULL, directory TEXT NOT NULL, began_at_ms INTEGER NOT NULL
   ) STRICT;`,
];

const rowSchema = z.object({ drill: z.string(), directory: z.string() });

/** Which drills wrote what into which scratch bucket: their plans' folders name every object. */
export class ScratchHistory implements Disposable {
  readonly #database: DatabaseSync;

  constructor(file: string) {
    this.#database = openSqliteDatabase(file, MIGRATIONS);
  }

  /** Before the first object is written. */
  begin(drill: string, into: StoreId, directory: string, nowMs: number): void {
    this.#database
      .prepare("INSERT OR IGNORE INTO written (drill, into_store, directory, began_at_ms) VALUES (?, ?, ?, ?)")
      .run(drill, into, directory, Math.round(nowMs));
  }

  /** Drills before this one whose objects may still stand in the bucket. */
  before(drill: string, into: StoreId): readonly z.output<typeof rowSchema>[] {
    return this.#database
      .prepare("SELECT drill, directory FROM written WHERE into_store = ? AND drill <> ? ORDER BY began_at_ms")
      .all(into, drill)
      .map((row) => rowSchema.parse(row));
  }

  /** Its objects are gone. */
  forget(drill: string): void {
    this.#database.prepare("DELETE FROM written WHERE drill = ?").run(drill);
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }
}
