import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { AppError } from "../../../../src-shared/errors/app-error.ts";
import { inTransaction, openSqliteDatabase } from "../../common/sqlite-database.ts";
import type { ChunkDamage } from "../integrity/check-chunk.ts";
import type { CheckMode, ChunkVerdict, ListedChunk } from "../integrity/chunk-checker.ts";
import type { RememberedVerdict, VerdictMemory } from "../integrity/verdict-memory.ts";
import { databaseProblem, isDatabaseDamage, setDatabaseAside } from "./damaged-database.ts";

const MIGRATIONS = [
  `CREATE TABLE scans (number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE) STRICT;
   CREATE TABLE objects (
     key TEXT PRIMARY KEY,
     bytes REAL NOT NULL,
     etag TEXT NOT NULL,
     deep INTEGER NOT NULL,
     damage TEXT,
     scan INTEGER NOT NULL,
     checked_at_ms REAL NOT NULL
   ) STRICT, WITHOUT ROWID;`,
];

export interface ScanLedgerOptions {
  readonly file: string;
  /** Which scan: what it has read itself it never reads again. */
  readonly scan: string;
  readonly mode: CheckMode;
  /** Whether what other scans have found sound holds as well. */
  readonly incremental: boolean;
  readonly nowMs: () => number;
}

/** Verdicts of one commit, and for how long they may wait for it: what a killed process reads once more. */
const BATCH = 256;
const BATCH_MS = 500;

/**
 * What was checked of a store: one SQLite file for it, in a thread that has nothing else to do. Objects are known again by size and
 * etag, which is size and time of change in a folder. An object that was damaged is read again by every other scan: it may have been
 * healed under the same etag, and there are few.
 */
export class ScanLedger implements VerdictMemory, Disposable {
  readonly #options: ScanLedgerOptions;
  readonly #database: DatabaseSync;
  readonly #scan: number;
  readonly #get: StatementSync;
  readonly #put: StatementSync;
  #waiting: { readonly listed: ListedChunk; readonly damage: ChunkDamage | null }[] = [];
  #waitingSinceMs = 0;
  /** The name under which a damaged file was kept; `null` where it was none. */
  readonly keptAs: string | null;

  /** A damaged file is set aside, and everything is read again. @throws AppError `files.unreadable`, `files.unwritable` */
  constructor(options: ScanLedgerOptions) {
    this.#options = options;
    const { database, keptAs } = openLedger(options);
    this.#database = database;
    this.keptAs = keptAs;
    database.prepare("INSERT OR IGNORE INTO scans (id) VALUES (?)").run(options.scan);
    this.#scan = Number(database.prepare("SELECT number FROM scans WHERE id = ?").get(options.scan)?.["number"]);
    this.#get = database.prepare("SELECT bytes, etag, deep, damage, scan FROM objects WHERE key = ?");
    this.#put = database.prepare("INSERT OR REPLACE INTO objects VALUES (?, ?, ?, ?, ?, ?, ?)");
  }

  recall({ object }: ListedChunk): RememberedVerdict | null {
    const row = this.#do(() => this.#get.get(object.key));
    if (row === undefined || row["bytes"] !== object.sizeBytes || row["etag"] !== object.etag) return null;
    if (this.#options.mode === "deep" && row["deep"] !== 1) return null;
    const ofThisScan = row["scan"] === this.#scan;
    const damage = row["damage"];
    if (!ofThisScan && (!this.#options.incremental || damage !== null)) return null;
    if (damage === null) return { verdict: { kind: "sound" }, ofThisScan };
    // This class wrote it.
    return { verdict: { kind: "damaged", damage: JSON.parse(String(damage)) as ChunkDamage }, ofThisScan };
  }

  remember(listed: ListedChunk, verdict: ChunkVerdict): void {
    if (verdict.kind !== "sound" && verdict.kind !== "damaged") return;
    if (this.#waiting.length === 0) this.#waitingSinceMs = this.#options.nowMs();
    this.#waiting.push({ listed, damage: verdict.kind === "damaged" ? verdict.damage : null });
    if (this.#waiting.length >= BATCH || this.#options.nowMs() - this.#waitingSinceMs >= BATCH_MS) this.flush();
  }

  flush(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    if (waiting.length === 0) return;
    const nowMs = this.#options.nowMs();
    this.#transact(() => {
      for (const { listed, damage } of waiting) {
        const { key, sizeBytes, etag } = listed.object;
        const told = damage === null ? null : JSON.stringify(damage);
        this.#put.run(key, sizeBytes, etag, this.#options.mode === "deep" ? 1 : 0, told, this.#scan, nowMs);
      }
    });
  }

  forgetBut(isThere: (key: string) => boolean): void {
    this.flush();
    let after = "";
    const page = this.#database.prepare("SELECT key FROM objects WHERE key > ? ORDER BY key LIMIT 10000");
    const remove = this.#database.prepare("DELETE FROM objects WHERE key = ?");
    for (;;) {
      const rows = this.#do(() => page.all(after));
      const last = rows.at(-1);
      if (last === undefined) return;
      after = String(last["key"]);
      const gone = rows.map((row) => String(row["key"])).filter((key) => !isThere(key));
      if (gone.length === 0) continue;
      this.#transact(() => {
        for (const key of gone) remove.run(key);
      });
    }
  }

  [Symbol.dispose](): void {
    if (this.#database.isOpen) this.#database.close();
  }

  #transact(work: () => void): void {
    this.#do(() => inTransaction(this.#database, work));
  }

  /** A file that turns out to be damaged is set aside at once: whoever resumes the scan begins a new one. */
  #do<Result>(work: () => Result): Result {
    try {
      return work();
    } catch (error) {
      if (!isDatabaseDamage(error)) throw error;
      const { file, nowMs } = this.#options;
      this.#database.close();
      setDatabaseAside(file, nowMs());
      throw new AppError("storage.findings-damaged", { file, problem: databaseProblem(error) }, { cause: error });
    }
  }
}

function openLedger({ file, nowMs }: ScanLedgerOptions): {
  readonly database: DatabaseSync;
  readonly keptAs: string | null;
} {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new AppError("files.unwritable", { file, problem: databaseProblem(error) }, { cause: error });
  }
  try {
    return { database: openSqliteDatabase(file, MIGRATIONS), keptAs: null };
  } catch (error) {
    if (!isDatabaseDamage(error)) throw error;
    const keptAs = setDatabaseAside(file, nowMs());
    return { database: openSqliteDatabase(file, MIGRATIONS), keptAs };
  }
}
