import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { AppError } from "../../../src-shared/errors/app-error.ts";

/** In the folder that is written to; empty, and nobody's once its holder has ended. */
export const EXPORT_LOCK_FILE = ".kubemate-export.lock";

/**
 * Takes a folder for one exporter; a second one gets `export.in-use`. The lock is a SQLite exclusive transaction, as the
 * profile's is: the system lets go of it however the process ends, so there is no dead owner to be told from a living one.
 */
export function lockExport(directory: string): Disposable {
  const file = join(directory, EXPORT_LOCK_FILE);
  const database = openLock(directory, file);
  try {
    database.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    database.close();
    throw new AppError("export.in-use", { file: directory }, { cause: error });
  }
  return { [Symbol.dispose]: () => database.close() };
}

function openLock(directory: string, file: string): DatabaseSync {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    return new DatabaseSync(file, { timeout: 0 });
  } catch (error) {
    const problem = (error instanceof Error ? error.message : String(error)).slice(0, 300);
    throw new AppError("files.unwritable", { file: directory, problem }, { cause: error });
  }
}
