import { sql, type ColumnType, type Generated, type Kysely } from "kysely";

type Sum = number;

/** The tables of the shared ledger; the same as the file's, under names that share a database well. */
export interface LedgerTables {
  readonly ledger_costs: {
    readonly id: string;
    readonly day: string;
    readonly tenant: string;
    readonly bytes: number;
    readonly body: string;
  };
  readonly ledger_shapes: { readonly id: string; readonly shape: string };
  readonly ledger_sums: {
    readonly day: string;
    readonly site: string;
    readonly tenant: string;
    readonly user_name: string;
    readonly source: string;
    readonly shape: string;
    readonly queries: Sum;
    readonly failed: Sum;
    readonly bytes: Sum;
    readonly lines: Sum;
    readonly duration_ms: Sum;
  };
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
    `CREATE TABLE ledger_costs (
       id text COLLATE "C" PRIMARY KEY, day text COLLATE "C" NOT NULL, tenant text NOT NULL,
       bytes double precision NOT NULL, body text NOT NULL)`,
    `CREATE INDEX ledger_costs_by_bytes ON ledger_costs (day, bytes)`,
    `CREATE TABLE ledger_shapes (id text PRIMARY KEY, shape text NOT NULL)`,
    `CREATE TABLE ledger_sums (
       day text COLLATE "C" NOT NULL, site text NOT NULL, tenant text NOT NULL, user_name text NOT NULL,
       source text NOT NULL, shape text NOT NULL,
       queries double precision NOT NULL, failed double precision NOT NULL, bytes double precision NOT NULL,
       lines double precision NOT NULL, duration_ms double precision NOT NULL,
       PRIMARY KEY (day, site, tenant, user_name, source, shape))`,
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
