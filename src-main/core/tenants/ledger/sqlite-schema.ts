/**
 * Single costs, the daily sums that reports are made of, and what is spent and held of quotas. Sums are REAL: exact to
 * 2^53, and beyond that inexact where an INTEGER would fail.
 */
export const SQLITE_MIGRATIONS = [
  `CREATE TABLE costs (
     id TEXT PRIMARY KEY,
     day TEXT NOT NULL,
     tenant TEXT NOT NULL,
     bytes REAL NOT NULL,
     body TEXT NOT NULL
   ) STRICT;
   CREATE INDEX costs_by_bytes ON costs (day, bytes);
   CREATE TABLE shapes (id TEXT PRIMARY KEY, shape TEXT NOT NULL) STRICT, WITHOUT ROWID;
   CREATE TABLE sums (
     day TEXT NOT NULL,
     site TEXT NOT NULL,
     tenant TEXT NOT NULL,
     user TEXT NOT NULL,
     source TEXT NOT NULL,
     shape TEXT NOT NULL,
     queries REAL NOT NULL,
     failed REAL NOT NULL,
     bytes REAL NOT NULL,
     lines REAL NOT NULL,
     duration_ms REAL NOT NULL,
     PRIMARY KEY (day, site, tenant, user, source, shape)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE spends (
     kind TEXT NOT NULL,
     name TEXT NOT NULL,
     period TEXT NOT NULL,
     used REAL NOT NULL,
     PRIMARY KEY (kind, name, period)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE held (
     reservation TEXT NOT NULL,
     position INTEGER NOT NULL,
     kind TEXT NOT NULL,
     name TEXT NOT NULL,
     period TEXT NOT NULL,
     bytes REAL NOT NULL,
     expires_at_ms INTEGER NOT NULL,
     settled INTEGER NOT NULL DEFAULT 0,
     PRIMARY KEY (reservation, position)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX held_by_scope ON held (kind, name, period, expires_at_ms, bytes);
   CREATE TABLE quotas (
     kind TEXT NOT NULL,
     name TEXT NOT NULL,
     period TEXT NOT NULL,
     bytes REAL NOT NULL,
     hard_bytes REAL NOT NULL,
     warn_share REAL NOT NULL,
     PRIMARY KEY (kind, name, period)
   ) STRICT, WITHOUT ROWID;`,
];
