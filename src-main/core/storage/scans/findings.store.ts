import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { AppError, isAppError } from "../../../../src-shared/errors/app-error.ts";
import type { Clock } from "../../common/clock.ts";
import { openSqliteDatabase } from "../../common/sqlite-database.ts";
import { databaseProblem, isDatabaseDamage, setDatabaseAside } from "./damaged-database.ts";
import { defineContains } from "./finding-rows.ts";
import { FINDINGS_MIGRATIONS } from "./findings-schema.ts";

export interface FindingsStoreOptions {
  readonly file: string;
  readonly clock: Pick<Clock, "nowMs">;
  /** Told when the file was found damaged, set aside, and a new one begun. */
  readonly onDamaged: (told: AppError<"storage.findings-damaged">) => void;
}

/** For how long a writer waits while another scan's million findings are put down. */
const PATIENCE_MS = 120_000;

/**
 * What scans found, in a SQLite file that several threads have open: those of scans write, the console's own only reads. A damaged
 * file is renamed aside with its log, and the call is made again on a new one.
 */
export class FindingsStore implements Disposable {
  readonly #options: FindingsStoreOptions;
  #database: DatabaseSync | null = null;

  constructor(options: FindingsStoreOptions) {
    this.#options = options;
  }

  /** @throws AppError `files.unreadable`; `storage.findings-damaged` where a new file fails as well */
  run<Result>(work: (database: DatabaseSync) => Result): Result {
    try {
      return work((this.#database ??= this.#open()));
    } catch (error) {
      if (!isDatabaseDamage(error)) throw error;
      this.#setAside(error);
    }
    try {
      return work((this.#database ??= this.#open()));
    } catch (error) {
      throw isDatabaseDamage(error) ? this.#damaged(error) : error;
    }
  }

  /** What work that outlives a call has failed with: a file that turned out to be damaged is set aside, and told as that. */
  afterDamage(error: unknown): unknown {
    if (!isDatabaseDamage(error) || isAppError(error)) return error;
    this.#setAside(error);
    return this.#damaged(error);
  }

  [Symbol.dispose](): void {
    this.#database?.close();
    this.#database = null;
  }

  #open(): DatabaseSync {
    const { file } = this.#options;
    try {
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    } catch (error) {
      throw new AppError("files.unwritable", { file, problem: String(error).slice(0, 300) }, { cause: error });
    }
    const database = openSqliteDatabase(file, FINDINGS_MIGRATIONS);
    database.exec(`PRAGMA busy_timeout = ${PATIENCE_MS}; PRAGMA cache_size = -16384;`);
    defineContains(database);
    return database;
  }

  #setAside(error: unknown): void {
    const { file, clock, onDamaged } = this.#options;
    this[Symbol.dispose]();
    setDatabaseAside(file, clock.nowMs());
    onDamaged(this.#damaged(error));
  }

  #damaged(error: unknown): AppError<"storage.findings-damaged"> {
    if (isAppError(error) && error.code === "storage.findings-damaged")
      return error as AppError<"storage.findings-damaged">;
    const params = { file: this.#options.file, problem: databaseProblem(error) };
    return new AppError("storage.findings-damaged", params, { cause: error });
  }
}
