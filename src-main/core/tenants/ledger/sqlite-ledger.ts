import { existsSync, renameSync, statSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { AppError, isAppError } from "../../../../src-shared/errors/app-error.ts";
import type { CostReportRow, QueryCost } from "../../../../src-shared/model/tenants/query-cost.ts";
import type { Quota, QuotaScope } from "../../../../src-shared/model/tenants/quota.ts";
import type { Clock } from "../../common/clock.ts";
import { openSqliteDatabase } from "../../common/sqlite-database.ts";
import type {
  CostPage,
  CostRange,
  CostReportRequest,
  Ledger,
  LedgerExtent,
  ReserveRequest,
  ReserveResult,
  ShapeUse,
  Spend,
  SpendScope,
} from "./ledger.ts";
import { addIn } from "./sqlite-add.ts";
import { SqliteNames } from "./sqlite-names.ts";
import { purgeSomeCostsIn, purgeSumsIn } from "./sqlite-purge.ts";
import { quotasIn, removeQuotaIn, setQuotaIn } from "./sqlite-quotas.ts";
import { costliestIn, extentOf, pageIn, reportIn, totalIn } from "./sqlite-report.ts";
import { SQLITE_MIGRATIONS } from "./sqlite-schema.ts";
import { shapesIn } from "./sqlite-shapes.ts";
import { reserveIn, settleIn, spendOf } from "./sqlite-spend.ts";

export interface SqliteLedgerOptions {
  readonly file: string;
  readonly clock: Clock;
  /** Told when the file was found damaged, set aside, and a new one begun. */
  readonly onDamaged: (told: AppError<"tenants.ledger-damaged">) => void;
}

/** Costs of one transaction: a tenth of a second, after which others have their turn. */
const BATCH = 4_000;

const SQLITE_BUSY = 5;
const SQLITE_CORRUPT = 11;
const SQLITE_NOTADB = 26;

/**
 * The ledger in a SQLite file. A damaged file, found when it is opened or at any later call, is renamed aside with its log,
 * and the call is made again on a new one: what was asked for goes on, what was in the file is kept for who can mend it.
 */
export class SqliteLedger implements Ledger {
  readonly #options: SqliteLedgerOptions;
  #database: DatabaseSync;
  /** Of the file that is open: another process may already have set it aside and begun a new one. */
  #inode: bigint;
  #names: SqliteNames;

  constructor(options: SqliteLedgerOptions) {
    this.#options = options;
    try {
      this.#database = openFile(options.file);
    } catch (error) {
      if (!isDamage(error)) throw error;
      this.#setAside(error);
      this.#database = openFile(options.file);
    }
    this.#inode = inodeOf(options.file);
    this.#names = new SqliteNames(this.#database);
  }

  async add(costs: readonly QueryCost[]): Promise<number> {
    let added = 0;
    for (let from = 0; from < costs.length; from += BATCH) {
      if (from > 0) await new Promise<void>((resolve) => setImmediate(resolve));
      added += this.#run((database) => addIn(database, this.#names, costs.slice(from, from + BATCH)));
    }
    return added;
  }

  async report(request: CostReportRequest): Promise<readonly CostReportRow[]> {
    return this.#run((database) => reportIn(database, request));
  }

  async total(request: CostRange): Promise<CostReportRow> {
    return this.#run((database) => totalIn(database, request));
  }

  async shapes(request: CostRange & { readonly limit: number }): Promise<readonly ShapeUse[]> {
    return this.#run((database) => shapesIn(database, request));
  }

  async page(request: CostRange & { readonly after: number; readonly limit: number }): Promise<CostPage> {
    return this.#run((database) => pageIn(database, request));
  }

  async costliest(request: Omit<CostReportRequest, "by">): Promise<readonly QueryCost[]> {
    return this.#run((database) => costliestIn(database, request));
  }

  async reserve(request: ReserveRequest): Promise<ReserveResult> {
    return this.#run((database) => reserveIn(database, request, this.#options.clock.nowMs()));
  }

  async settle(id: string, bytes: number): Promise<boolean> {
    return this.#run((database) => settleIn(database, id, bytes, this.#options.clock.nowMs()));
  }

  async spend(scope: SpendScope): Promise<Spend> {
    return this.#run((database) => spendOf(database, scope, this.#options.clock.nowMs()));
  }

  async quotas(): Promise<readonly Quota[]> {
    return this.#run(quotasIn);
  }

  async setQuota(quota: Quota): Promise<void> {
    this.#run((database) => setQuotaIn(database, quota));
  }

  async removeQuota(scope: QuotaScope): Promise<boolean> {
    return this.#run((database) => removeQuotaIn(database, scope));
  }

  async extent(): Promise<LedgerExtent> {
    return this.#run(extentOf);
  }

  async purge(costsBeforeDay: string, sumsBeforeDay: string) {
    let costs = 0;
    for (let more = true; more;) {
      const some = this.#run((database) => purgeSomeCostsIn(database, costsBeforeDay));
      costs += some.removed;
      more = some.more;
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
    const nowMs = this.#options.clock.nowMs();
    return { costs, sums: this.#run((database) => purgeSumsIn(database, sumsBeforeDay, nowMs)) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#database.close();
  }

  #run<Result>(work: (database: DatabaseSync) => Result): Result {
    try {
      return work(this.#database);
    } catch (error) {
      if (!isDamage(error)) throw this.#translated(error);
      this.#beginAnew(error);
    }
    try {
      return work(this.#database);
    } catch (error) {
      throw this.#translated(error);
    }
  }

  #beginAnew(damage: unknown): void {
    const { file } = this.#options;
    this.#database.close();
    if (existsSync(file) && inodeOf(file) === this.#inode) this.#setAside(damage);
    this.#database = openFile(file);
    this.#inode = inodeOf(file);
    this.#names = new SqliteNames(this.#database);
  }

  #setAside(damage: unknown): void {
    const { file, clock, onDamaged } = this.#options;
    const keptAs = `${file}.broken-${clock.nowMs()}`;
    renameSync(file, keptAs);
    for (const part of ["-wal", "-shm"]) if (existsSync(file + part)) renameSync(file + part, keptAs + part);
    onDamaged(new AppError("tenants.ledger-damaged", { file, keptAs, problem: problemOf(damage) }, { cause: damage }));
  }

  #translated(error: unknown): unknown {
    if (isAppError(error)) return error;
    const params = { ledger: this.#options.file, problem: problemOf(error) };
    // Another process has held the file for longer than patience lasts: it may be free the next time.
    const code = codeOf(error) === SQLITE_BUSY ? "tenants.ledger-unreachable" : "tenants.ledger-failed";
    return new AppError(code, params, { cause: error });
  }
}

/** Ids come in no order: with the usual 2 MB of cache their index would be read and written page by page. */
function openFile(file: string): DatabaseSync {
  const database = openSqliteDatabase(file, SQLITE_MIGRATIONS);
  database.exec("PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 8000;");
  return database;
}

function inodeOf(file: string): bigint {
  return statSync(file, { bigint: true }).ino;
}

/** SQLite's primary result code. */
function codeOf(error: unknown): number {
  return error instanceof Error && "errcode" in error ? Number(error.errcode) & 0xff : 0;
}

function isDamage(error: unknown): boolean {
  const code = codeOf(isAppError(error) ? error.cause : error);
  return code === SQLITE_CORRUPT || code === SQLITE_NOTADB;
}

function problemOf(error: unknown): string {
  const cause = isAppError(error) ? error.cause : error;
  return (cause instanceof Error ? cause.message : String(cause)).slice(0, 300);
}
