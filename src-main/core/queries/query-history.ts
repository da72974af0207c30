import { randomUUID } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import type { StoredQuery } from "../../../src-shared/api/queries.api.ts";
import { AppError } from "../../../src-shared/errors/app-error.ts";
import type { Clock } from "../common/clock.ts";
import { openSqliteDatabase } from "../common/sqlite-database.ts";
import type { Announcer } from "../common/topics.ts";

const MIGRATIONS = [
  `CREATE TABLE queries (
     id TEXT PRIMARY KEY,
     query TEXT NOT NULL,
     name TEXT,
     site TEXT NOT NULL,
     tenant TEXT NOT NULL,
     used_at_ms INTEGER NOT NULL,
     uses INTEGER NOT NULL
   ) STRICT;
   CREATE INDEX queries_by_use ON queries (used_at_ms DESC);
   CREATE UNIQUE INDEX recent_once ON queries (query, site, tenant) WHERE name IS NULL;
   CREATE UNIQUE INDEX saved_once ON queries (name) WHERE name IS NOT NULL;`,
  `ALTER TABLE queries ADD COLUMN owner TEXT NOT NULL DEFAULT 'local';
   DROP INDEX queries_by_use;
   DROP INDEX recent_once;
   DROP INDEX saved_once;
   CREATE INDEX queries_by_use ON queries (owner, used_at_ms DESC);
   CREATE UNIQUE INDEX recent_once ON queries (owner, query, site, tenant) WHERE name IS NULL;
   CREATE UNIQUE INDEX saved_once ON queries (owner, name) WHERE name IS NOT NULL;`,
];

/** Recent queries beyond this many are forgotten, the oldest first; saved ones never. */
const MAX_RECENT = 1_000;

const rowSchema = z.object({
  id: z.string(),
  query: z.string(),
  name: z.string().nullable(),
  site: z.string(),
  tenant: z.string(),
  used_at_ms: z.number(),
  uses: z.number(),
});

export interface QueryUse {
  readonly query: string;
  readonly site: string;
  readonly tenant: string;
}

/**
 * The queries a person ran (each once, latest use first) and those kept under a name. An owner is a caller's key: nobody is
 * shown, and nobody replaces or removes, what is another's.
 */
export class QueryHistory implements Disposable {
  readonly #database: DatabaseSync;
  readonly #clock: Clock;
  readonly #announcer: Announcer;

  constructor(file: string, clock: Clock, announcer: Announcer) {
    this.#database = openSqliteDatabase(file, MIGRATIONS);
    this.#clock = clock;
    this.#announcer = announcer;
  }

  used({ query, site, tenant }: QueryUse, owner: string): void {
    if (query.trim() === "") return;
    this.#database
      .prepare(
        `INSERT INTO queries (id, query, name, site, tenant, used_at_ms, uses, owner) VALUES (?, ?, NULL, ?, ?, ?, 1, ?)
         ON CONFLICT (owner, query, site, tenant) WHERE name IS NULL
         DO UPDATE SET used_at_ms = excluded.used_at_ms, uses = uses + 1`,
      )
      .run(randomUUID(), query, site, tenant, this.#clock.nowMs(), owner);
    this.#database
      .prepare(
        `DELETE FROM queries WHERE owner = ?1 AND name IS NULL AND id NOT IN
         (SELECT id FROM queries WHERE owner = ?1 AND name IS NULL ORDER BY used_at_ms DESC, rowid DESC LIMIT ?2)`,
      )
      .run(owner, MAX_RECENT);
    this.#announcer.changed("queries");
  }

  list(kind: "recent" | "saved", contains: string, limit: number, owner: string): StoredQuery[] {
    const like = `%${contains.replace(/[\\%_]/g, "\\$&")}%`;
    const rows = this.#database
      .prepare(
        `SELECT * FROM queries
         WHERE owner = ?1 AND (name IS NOT NULL) = ?2 AND (query LIKE ?3 ESCAPE '\\' OR name LIKE ?3 ESCAPE '\\')
         ORDER BY used_at_ms DESC, rowid DESC LIMIT ?4`,
      )
      .all(owner, kind === "saved" ? 1 : 0, like, limit);
    return rows.map(readRow);
  }

  /** Keeps a query under a name; the same name again replaces it. */
  save({ query, site, tenant }: QueryUse, name: string, owner: string): StoredQuery {
    const row = this.#database
      .prepare(
        `INSERT INTO queries (id, query, name, site, tenant, used_at_ms, uses, owner) VALUES (?, ?, ?, ?, ?, ?, 0, ?)
         ON CONFLICT (owner, name) WHERE name IS NOT NULL
         DO UPDATE SET query = excluded.query, site = excluded.site, tenant = excluded.tenant, used_at_ms = excluded.used_at_ms
         RETURNING *`,
      )
      .get(randomUUID(), query, name, site, tenant, this.#clock.nowMs(), owner);
    this.#announcer.changed("queries");
    return readRow(row);
  }

  remove(id: string, owner: string): void {
    const { changes } = this.#database.prepare("DELETE FROM queries WHERE id = ? AND owner = ?").run(id, owner);
    if (changes === 0) throw new AppError("logs.saved-query-unknown", { id });
    this.#announcer.changed("queries");
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }
}

function readRow(raw: unknown): StoredQuery {
  const row = rowSchema.parse(raw);
  return {
    id: row.id,
    query: row.query,
    ...(row.name === null ? {} : { name: row.name }),
    site: row.site,
    tenant: row.tenant,
    usedAtMs: row.used_at_ms,
    uses: row.uses,
  };
}
