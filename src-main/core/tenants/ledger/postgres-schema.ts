import { sql, type ColumnType, type Generated, type Kysely } from "kysely";

/**
 * The tables are those of the file, under names that share a database well; see `sqlite-schema.ts`. Here are those that are read and written through the
 * query builder; the others are named in SQL alone.
 */
export interface LedgerTables {
  readonly ledger_spends: {
    readonly kind: string;
    readonly name: string;
    readonly period: string;
    readonly used: ColumnType<number, number, number>;
  };
  readonly ledger_held: {
    readonly reservation: string;
    readonly position: number;
    readonly kind: string;
    readonly name: string;
    readonly period: string;
    readonly bytes: number;
    readonly expires_at_ms: number;
    readonly settled: Generated<boolean>;
  };
  readonly ledger_quotas: {
    readonly kind: string;
    readonly name: string;
    readonly period: string;
    readonly bytes: number;
    readonly hard_bytes: number;
    readonly warn_share: number;
  };
}

/** Migration `i` leads from version i to i + 1; one that has been released is never edited. */
const MIGRATIONS: readonly (readonly string[])[] = [
  [
    `CREATE TABLE ledger_kept (key text PRIMARY KEY, value integer NOT NULL)`,
    `CREATE TABLE ledger_seen (hour integer NOT NULL, key bytea NOT NULL, day integer NOT NULL, PRIMARY KEY (hour, key))`,
    `CREATE TABLE ledger_costs (
       row bigserial PRIMARY KEY, day integer NOT NULL, tenant text COLLATE "C" NOT NULL, shape bytea NOT NULL,
       at_ms double precision NOT NULL, who bytea NOT NULL, body text NOT NULL)`,
    `CREATE TABLE ledger_cost_days (
       day integer PRIMARY KEY, first_row bigint NOT NULL, last_row bigint NOT NULL, costs bigint NOT NULL)`,
    `CREATE TABLE ledger_dear (
       day integer NOT NULL, tenant text COLLATE "C" NOT NULL, bytes double precision NOT NULL, row bigint NOT NULL,
       PRIMARY KEY (day, tenant, bytes, row))`,
    `CREATE TABLE ledger_shapes (key bytea PRIMARY KEY, shape text NOT NULL, last_day integer NOT NULL)`,
    `CREATE TABLE ledger_rollups (
       dimension smallint NOT NULL, day integer NOT NULL, key bytea NOT NULL,
       tenant text COLLATE "C" NOT NULL, value text COLLATE "C" NOT NULL,
       queries double precision NOT NULL, failed double precision NOT NULL, bytes double precision NOT NULL,
       lines double precision NOT NULL, duration_ms double precision NOT NULL, PRIMARY KEY (dimension, day, key)) WITH (fillfactor = 70)`,
    `CREATE TABLE ledger_uses (
       day integer NOT NULL, shape bytea NOT NULL, key bytea NOT NULL,
       tenant text COLLATE "C" NOT NULL, user_name text NOT NULL, source text NOT NULL,
       queries double precision NOT NULL, failed double precision NOT NULL, bytes double precision NOT NULL,
       duration_ms double precision NOT NULL, max_range_ms double precision NOT NULL,
       cacheable double precision NOT NULL, cached double precision NOT NULL,
       dearest_bytes double precision NOT NULL, dearest bigint NOT NULL, PRIMARY KEY (day, shape, key))
       WITH (fillfactor = 70)`,
    `CREATE TABLE ledger_spends (
       kind text NOT NULL, name text NOT NULL, period text COLLATE "C" NOT NULL, used double precision NOT NULL,
       PRIMARY KEY (kind, name, period))`,
    `CREATE TABLE ledger_held (
       reservation text NOT NULL, position integer NOT NULL, kind text NOT NULL, name text NOT NULL,
       period text NOT NULL, bytes double precision NOT NULL, expires_at_ms double precision NOT NULL,
       settled boolean NOT NULL DEFAULT false, PRIMARY KEY (reservation, position))`,
    `CREATE INDEX ledger_held_by_scope ON ledger_held (kind, name, period)`,
    `CREATE TABLE ledger_quotas (
       kind text NOT NULL, name text NOT NULL, period text NOT NULL, bytes double precision NOT NULL,
       hard_bytes double precision NOT NULL, warn_share double precision NOT NULL, PRIMARY KEY (kind, name, period))`,
  ],
];

/** Any number will do, as long as every console takes the same. */
const MIGRATION_LOCK = 7_305_806_142;

/** Brings the schema up to date; consoles that start at a time do so one after the other. */
export async function migrateLedger(database: Kysely<LedgerTables>): Promise<void> {
  await database.transaction().execute(async (transaction) => {
    await sql`SELECT pg_advisory_xact_lock(${MIGRATION_LOCK})`.execute(transaction);
    await sql`CREATE TABLE IF NOT EXISTS ledger_version (version integer NOT NULL)`.execute(transaction);
    const { rows } = await sql<{ version: number }>`SELECT version FROM ledger_version`.execute(transaction);
    const version = rows[0]?.version ?? 0;
    if (version > MIGRATIONS.length) throw new Error(`schema ${version} is newer than this program knows`);
    for (const statement of MIGRATIONS.slice(version).flat()) await sql.raw(statement).execute(transaction);
    if (version === MIGRATIONS.length) return;
    await sql`DELETE FROM ledger_version`.execute(transaction);
    await sql`INSERT INTO ledger_version VALUES (${MIGRATIONS.length})`.execute(transaction);
  });
}
