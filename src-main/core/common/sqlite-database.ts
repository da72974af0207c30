import { DatabaseSync } from "node:sqlite";
import { AppError } from "../../../src-shared/errors/app-error.ts";

/**
 * Opens a SQLite file as every store here wants it: WAL, full synchronisation (an acknowledged write survives `kill -9` and
 * power loss), five seconds of patience with another process, and its schema brought up to date. Migration `i` leads from
 * `user_version` i to i + 1; one that has been released is never edited.
 */
export function openSqliteDatabase(file: string, migrations: readonly string[]): DatabaseSync {
  let database: DatabaseSync;
  try {
    database = new DatabaseSync(file, { timeout: 5_000 });
  } catch (error) {
    throw new AppError("files.unreadable", { file, problem: reasonOf(error) }, { cause: error });
  }
  try {
    database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;");
    migrate(database, migrations);
    return database;
  } catch (error) {
    database.close();
    throw new AppError("files.unreadable", { file, problem: reasonOf(error) }, { cause: error });
  }
}

function migrate(database: DatabaseSync, migrations: readonly string[]): void {
  inTransaction(database, () => {
    const row = database.prepare("PRAGMA user_version").get();
    const version = Number(row?.["user_version"] ?? 0);
    if (version > migrations.length) throw new Error(`schema ${version} is newer than this program knows`);
    for (const statement of migrations.slice(version)) database.exec(statement);
    database.exec(`PRAGMA user_version = ${migrations.length}`);
  });
}

/** Runs `work` in one write transaction; what it throws undoes all of it. */
export function inTransaction<Result>(database: DatabaseSync, work: () => Result): Result {
  database.exec("BEGIN IMMEDIATE");
  try {
    const result = work();
    database.exec("COMMIT");
    return result;
  } catch (error) {
    // A statement that failed on a full disk may already have ended the transaction.
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
