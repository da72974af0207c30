/**
 * What scans found. Findings of a scan lie in a row, worst first, in the range of row numbers that the scan names: a page of it is
 * arithmetic, and a scan that is forgotten is one range that is deleted. Tenants stand once in `tenants`, counts of everything
 * that is filtered by often in `counts`, so that no filter's total needs a look at a million rows.
 */
export const FINDINGS_MIGRATIONS = [
  `CREATE TABLE scans (
     number INTEGER PRIMARY KEY AUTOINCREMENT,
     id TEXT NOT NULL UNIQUE,
     store TEXT NOT NULL,
     started_ms REAL NOT NULL,
     finished INTEGER NOT NULL,
     whole INTEGER NOT NULL,
     first_row INTEGER NOT NULL,
     last_row INTEGER NOT NULL,
     days_left_out INTEGER NOT NULL,
     summary TEXT NOT NULL
   ) STRICT;
   CREATE INDEX scans_by_store ON scans (store, started_ms);
   CREATE TABLE tenants (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
   CREATE TABLE findings (
     row INTEGER PRIMARY KEY,
     id BLOB NOT NULL,
     severity INTEGER NOT NULL,
     kind INTEGER NOT NULL,
     tenant INTEGER NOT NULL,
     from_ms REAL,
     through_ms REAL,
     state INTEGER NOT NULL,
     first_seen_ms REAL NOT NULL,
     finding TEXT NOT NULL
   ) STRICT;
   CREATE INDEX findings_by_id ON findings (id);
   CREATE INDEX findings_by_tenant ON findings (tenant);
   CREATE INDEX findings_by_kind ON findings (kind);
   CREATE TABLE counts (
     scan INTEGER NOT NULL,
     kind INTEGER NOT NULL,
     severity INTEGER NOT NULL,
     tenant INTEGER NOT NULL,
     state INTEGER NOT NULL,
     findings INTEGER NOT NULL,
     PRIMARY KEY (scan, kind, severity, tenant, state)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE days (
     scan INTEGER NOT NULL,
     day INTEGER NOT NULL,
     tenant TEXT NOT NULL,
     chunks REAL NOT NULL,
     bytes REAL NOT NULL,
     verified REAL NOT NULL,
     damaged REAL NOT NULL,
     missing REAL NOT NULL,
     orphans REAL NOT NULL,
     index_missing INTEGER NOT NULL,
     worst INTEGER,
     PRIMARY KEY (scan, day, tenant)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE samples (store TEXT PRIMARY KEY, next REAL NOT NULL) STRICT, WITHOUT ROWID;
   CREATE TABLE growth (
     store TEXT NOT NULL,
     at_ms REAL NOT NULL,
     scan TEXT NOT NULL,
     point TEXT NOT NULL,
     PRIMARY KEY (store, at_ms)
   ) STRICT, WITHOUT ROWID;`,
];

/** States of findings as they are kept. */
export const FINDING_STATES = ["appeared", "stayed", "vanished"] as const;
export type FindingState = (typeof FINDING_STATES)[number];
export const VANISHED = FINDING_STATES.indexOf("vanished");

/** Of findings that are no tenant's. */
export const NO_TENANT = 0;
