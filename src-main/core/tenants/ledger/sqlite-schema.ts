/**
 * Single costs in the order in which they came, the daily sums that reports are made of, and what is spent and held of
 * quotas. Days are numbers since the Unix epoch, texts stand once in `names` and `texts`, and every index grows at one end
 * or within an hour's or a day's part of it, so that a large file takes rows as fast as a small one. Sums are REAL: exact to
 * 2^53, and beyond that inexact where an INTEGER would fail.
 */
export const SQLITE_MIGRATIONS = [
  `CREATE TABLE kept (key TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
   CREATE TABLE names (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     key BLOB NOT NULL UNIQUE,
     text TEXT NOT NULL,
     last_day INTEGER NOT NULL
   ) STRICT;
   CREATE TABLE texts (id INTEGER PRIMARY KEY, hour INTEGER NOT NULL, key BLOB NOT NULL, text TEXT NOT NULL) STRICT;
   CREATE UNIQUE INDEX texts_by_key ON texts (hour, key);
   CREATE TABLE seen (
     hour INTEGER NOT NULL,
     key BLOB NOT NULL,
     day INTEGER NOT NULL,
     PRIMARY KEY (hour, key)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE costs (
     row INTEGER PRIMARY KEY,
     day INTEGER NOT NULL,
     at_ms INTEGER NOT NULL,
     id TEXT NOT NULL,
     site INTEGER NOT NULL,
     tenant INTEGER NOT NULL,
     user INTEGER NOT NULL,
     source INTEGER NOT NULL,
     shape INTEGER NOT NULL,
     query INTEGER NOT NULL,
     tags INTEGER NOT NULL,
     hash INTEGER NOT NULL,
     kind TEXT,
     range_ms REAL NOT NULL,
     bytes REAL NOT NULL,
     lines REAL NOT NULL,
     duration_ms REAL NOT NULL,
     splits INTEGER NOT NULL,
     shards INTEGER NOT NULL,
     cache_share REAL,
     status INTEGER NOT NULL
   ) STRICT;
   CREATE TABLE cost_days (
     day INTEGER PRIMARY KEY,
     first_row INTEGER NOT NULL,
     last_row INTEGER NOT NULL,
     costs INTEGER NOT NULL
   ) STRICT;
   CREATE TABLE dear (
     day INTEGER NOT NULL,
     tenant INTEGER NOT NULL,
     bytes REAL NOT NULL,
     row INTEGER NOT NULL,
     PRIMARY KEY (day, tenant, bytes, row)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE rollups (
     dimension INTEGER NOT NULL,
     day INTEGER NOT NULL,
     tenant INTEGER NOT NULL,
     value INTEGER NOT NULL,
     queries REAL NOT NULL,
     failed REAL NOT NULL,
     bytes REAL NOT NULL,
     lines REAL NOT NULL,
     duration_ms REAL NOT NULL,
     PRIMARY KEY (dimension, day, tenant, value)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE uses (
     day INTEGER NOT NULL,
     shape INTEGER NOT NULL,
     tenant INTEGER NOT NULL,
     user INTEGER NOT NULL,
     source INTEGER NOT NULL,
     queries REAL NOT NULL,
     failed REAL NOT NULL,
     bytes REAL NOT NULL,
     duration_ms REAL NOT NULL,
     max_range_ms REAL NOT NULL,
     cacheable REAL NOT NULL,
     cached REAL NOT NULL,
     dearest_bytes REAL NOT NULL,
     dearest INTEGER NOT NULL,
     PRIMARY KEY (day, shape, tenant, user, source)
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
