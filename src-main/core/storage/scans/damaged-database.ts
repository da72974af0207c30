import { existsSync, renameSync } from "node:fs";
import { isAppError } from "../../../../src-shared/errors/app-error.ts";

const SQLITE_CORRUPT = 11;
const SQLITE_NOTADB = 26;

/** Whether a call of SQLite failed for a file that is damaged, or is none of its own. */
export function isDatabaseDamage(error: unknown): boolean {
  const cause = isAppError(error) ? error.cause : error;
  const code = cause instanceof Error && "errcode" in cause ? Number(cause.errcode) & 0xff : 0;
  return code === SQLITE_CORRUPT || code === SQLITE_NOTADB;
}

/** What SQLite said, for the text of an error. */
export function databaseProblem(error: unknown): string {
  const cause = isAppError(error) ? error.cause : error;
  return (cause instanceof Error ? cause.message : String(cause)).slice(0, 300);
}

/** Renames a database with its log, for whoever can mend it; the name it is kept as. */
export function setDatabaseAside(file: string, nowMs: number): string {
  const keptAs = `${file}.broken-${nowMs}`;
  for (const part of ["", "-wal", "-shm"]) if (existsSync(file + part)) renameSync(file + part, keptAs + part);
  return keptAs;
}
