import type { DatabaseSync } from "node:sqlite";
import { auditEntrySchema, type AuditEntry } from "../../../src-shared/api/audit.api.ts";
import { AppError } from "../../../src-shared/errors/app-error.ts";
import type { Clock } from "../common/clock.ts";
import { redactValue } from "../logging/redaction.ts";
import { inTransaction, openSqliteDatabase } from "../common/sqlite-database.ts";
import type { Announcer } from "../common/topics.ts";
import { auditHash, GENESIS_HASH } from "./audit-hash.ts";
import type { AuditOutcome, AuditRecord, AuditTrail } from "./audit-trail.ts";

const MIGRATIONS = [
  `CREATE TABLE entries (
     sequence INTEGER PRIMARY KEY,
     action TEXT NOT NULL,
     audit_class TEXT NOT NULL,
     principal TEXT NOT NULL,
     body TEXT NOT NULL
   ) STRICT;
   CREATE TABLE head (only_one INTEGER PRIMARY KEY CHECK (only_one = 1), sequence INTEGER NOT NULL, hash TEXT NOT NULL) STRICT;`,
];

export interface AuditFilter {
  readonly before?: number;
  readonly limit: number;
  readonly contains?: string;
  readonly auditClass?: "access" | "change" | "security";
}

/**
 * The audit log in SQLite: each entry carries the hash of the one before, and the head is kept apart, so that a changed, a
 * removed and a cut-off entry are all found. Several processes of one profile (the window and a command) may write:
 * sequence and hash are taken inside the write transaction.
 */
export class AuditLog implements AuditTrail, Disposable {
  readonly #database: DatabaseSync;
  readonly #clock: Clock;
  readonly #announcer: Announcer;

  constructor(file: string, clock: Clock, announcer: Announcer) {
    this.#database = openSqliteDatabase(file, MIGRATIONS);
    this.#clock = clock;
    this.#announcer = announcer;
  }

  async begin(record: AuditRecord): Promise<number> {
    return this.#append(record, "started", null, null);
  }

  async end(sequence: number, outcome: AuditOutcome, errorCode: string | null): Promise<void> {
    const started = this.entry(sequence);
    if (started === null) throw new AppError("audit.write-failed", { problem: `no entry ${sequence} to end` });
    this.#append(started, outcome, errorCode, sequence);
  }

  async note(record: AuditRecord, outcome: AuditOutcome, errorCode: string | null): Promise<void> {
    this.#append(record, outcome, errorCode, null);
  }

  entry(sequence: number): AuditEntry | null {
    const row = this.#database.prepare("SELECT body FROM entries WHERE sequence = ?").get(sequence);
    return row === undefined ? null : parseBody(row["body"]);
  }

  /** Newest first. */
  list(filter: AuditFilter): { readonly entries: AuditEntry[]; readonly total: number } {
    const like = `%${(filter.contains ?? "").replace(/[\\%_]/g, "\\$&")}%`;
    const where = `(?1 IS NULL OR audit_class = ?1) AND body LIKE ?2 ESCAPE '\\'`;
    const parameters = [filter.auditClass ?? null, like] as const;
    const rows = this.#database
      .prepare(`SELECT body FROM entries WHERE ${where} AND sequence < ?3 ORDER BY sequence DESC LIMIT ?4`)
      .all(...parameters, filter.before ?? Number.MAX_SAFE_INTEGER, filter.limit);
    const total = this.#database.prepare(`SELECT count(*) AS n FROM entries WHERE ${where}`).get(...parameters);
    return { entries: rows.map((row) => parseBody(row["body"])), total: Number(total?.["n"] ?? 0) };
  }

  /** Every stored body in order, from after a sequence; unparsed, since a broken one must be seen too. */
  *bodies(after = 0): Generator<{ readonly sequence: number; readonly body: string }> {
    const rows = this.#database
      .prepare("SELECT sequence, body FROM entries WHERE sequence > ? ORDER BY sequence")
      .iterate(after);
    for (const row of rows) yield { sequence: Number(row["sequence"]), body: String(row["body"]) };
  }

  head(): { readonly sequence: number; readonly hash: string } {
    const row = this.#database.prepare("SELECT sequence, hash FROM head").get();
    return { sequence: Number(row?.["sequence"] ?? 0), hash: String(row?.["hash"] ?? GENESIS_HASH) };
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }

  #append(record: AuditRecord, outcome: AuditEntry["outcome"], error: string | null, of: number | null): number {
    let sequence: number;
    try {
      sequence = inTransaction(this.#database, () => this.#insert(record, outcome, error, of));
    } catch (failure) {
      const problem = failure instanceof Error ? failure.message : String(failure);
      throw new AppError("audit.write-failed", { problem }, { cause: failure });
    }
    this.#announcer.changed("audit");
    return sequence;
  }

  #insert(record: AuditRecord, outcome: AuditEntry["outcome"], error: string | null, of: number | null): number {
    const head = this.head();
    const unhashed = {
      sequence: head.sequence + 1,
      atMs: this.#clock.nowMs(),
      principal: record.principal,
      role: record.role,
      action: record.action,
      auditClass: record.auditClass,
      subject: recordable(record.subject),
      outcome,
      error,
      of,
      previousHash: head.hash,
    };
    const entry: AuditEntry = { ...unhashed, hash: auditHash(unhashed) };
    this.#database
      .prepare("INSERT INTO entries (sequence, action, audit_class, principal, body) VALUES (?, ?, ?, ?, ?)")
      .run(entry.sequence, entry.action, entry.auditClass, entry.principal, JSON.stringify(entry));
    this.#database
      .prepare(
        "INSERT INTO head VALUES (1, ?, ?) ON CONFLICT DO UPDATE SET sequence = excluded.sequence, hash = excluded.hash",
      )
      .run(entry.sequence, entry.hash);
    return entry.sequence;
  }
}

/**
 * The subject as it is written, hashed and read again: secrets taken out, and a key `__proto__` quoted, since a reader of
 * JSON into objects may leave that key out, and the entry would then not fit its own hash.
 */
function recordable(subject: AuditRecord["subject"]): AuditRecord["subject"] {
  const entries = Object.entries(subject).map(
    ([key, value]) => [key === "__proto__" ? `"${key}"` : key, value] as const,
  );
  // A redacted record of scalars is a record of scalars.
  return redactValue(Object.fromEntries(entries)) as AuditRecord["subject"];
}

function parseBody(body: unknown): AuditEntry {
  return auditEntrySchema.parse(JSON.parse(String(body)));
}
