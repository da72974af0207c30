import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import type { JobId } from "../../../../src-shared/model/ids.ts";
import type { BucketDay, BucketGrowth, ScanScope, ScanSummary } from "../../../../src-shared/model/storage/scan.ts";
import type { StoreId } from "../../../../src-shared/model/storage/store.ts";
import { STORAGE_SEVERITIES } from "../../../../src-shared/model/storage-finding.ts";
import { inTransaction } from "../../common/sqlite-database.ts";
import type { RowRange } from "./finding-rows.ts";
import type { FindingStage } from "./finding-stage.ts";

const DAY_MS = 86_400_000;
const GROWTH_POINTS = 400;

/** A scan as it is kept. */
export interface ScanRow {
  readonly number: number;
  readonly summary: ScanSummary;
  /** Of its findings; empty while it has none. */
  readonly range: RowRange;
  readonly daysLeftOut: number;
}

export function isWhole({ tenants, fromMs, throughMs, samplePercent }: ScanScope): boolean {
  return tenants === null && fromMs === null && throughMs === null && samplePercent >= 100;
}

export function scanRow(database: DatabaseSync, id: JobId): ScanRow | null {
  const row = database.prepare("SELECT * FROM scans WHERE id = ?").get(id);
  return row === undefined ? null : rowOf(row);
}

/** Newest first. */
export function scanRows(database: DatabaseSync, store: StoreId, limit: number): readonly ScanRow[] {
  return database
    .prepare("SELECT * FROM scans WHERE store = ? ORDER BY started_ms DESC, number DESC LIMIT ?")
    .all(store, limit)
    .map(rowOf);
}

/** Newest that came to its end; of `whole` ones alone, where that is asked for. */
export function lastFinished(database: DatabaseSync, store: StoreId, whole: boolean): ScanRow | null {
  const row = database
    .prepare(
      "SELECT * FROM scans WHERE store = ? AND finished = 1 AND whole >= ? ORDER BY started_ms DESC, number DESC LIMIT 1",
    )
    .get(store, whole ? 1 : 0);
  return row === undefined ? null : rowOf(row);
}

/** Writes what is known of a scan; the number that it is kept under. */
export function keepSummary(database: DatabaseSync, summary: ScanSummary): number {
  const { scan, request, startedAtMs, state } = summary;
  database
    .prepare(
      `INSERT INTO scans (id, store, started_ms, finished, whole, first_row, last_row, days_left_out, summary)
       VALUES (?, ?, ?, ?, ?, 0, -1, 0, ?)
       ON CONFLICT (id) DO UPDATE SET finished = excluded.finished, summary = excluded.summary`,
    )
    .run(
      scan,
      request.store,
      startedAtMs,
      state === "finished" ? 1 : 0,
      isWhole(request.scope) ? 1 : 0,
      JSON.stringify(summary),
    );
  return Number(database.prepare("SELECT number FROM scans WHERE id = ?").get(scan)?.["number"]);
}

/** Everything that a finished scan leaves. */
export interface FinishedScan {
  readonly summary: ScanSummary;
  /** What was found; all of it flushed. */
  readonly stage: FindingStage;
  readonly days: Iterable<BucketDay>;
  readonly daysLeftOut: number;
  /** `null` for a scan that has not seen everything. */
  readonly growth: BucketGrowth | null;
}

/** Makes a scan's summary, findings, days and growth visible, at once and together. */
export function finishScan(
  database: DatabaseSync,
  { summary, stage, days, daysLeftOut, growth }: FinishedScan,
  nowMs: number,
): void {
  const { store } = summary.request;
  inTransaction(database, () => {
    const number = keepSummary(database, summary);
    const { first, last } = stage.publish(number, nowMs);
    keepDays(database, number, days);
    database
      .prepare("UPDATE scans SET first_row = ?, last_row = ?, days_left_out = ? WHERE number = ?")
      .run(first, last, daysLeftOut, number);
    if (growth === null) return;
    database
      .prepare("INSERT OR REPLACE INTO growth VALUES (?, ?, ?, ?)")
      .run(store, growth.atMs, summary.scan, JSON.stringify(growth));
    database
      .prepare(
        `DELETE FROM growth WHERE store = ? AND at_ms < (SELECT MIN(at_ms) FROM
         (SELECT at_ms FROM growth WHERE store = ? ORDER BY at_ms DESC LIMIT ?))`,
      )
      .run(store, store, GROWTH_POINTS);
  });
}

/**
 * Removes scans of a store beyond the newest so many. The last one that saw everything stays, whatever its age: others are compared
 * with it. One that is resumed after all writes itself anew. Returns how many.
 */
export function forgetScans(database: DatabaseSync, store: StoreId, keep: number): number {
  const kept = new Set([lastFinished(database, store, true)?.number, lastFinished(database, store, false)?.number]);
  const old = scanRows(database, store, -1)
    .slice(keep)
    .filter(({ number }) => !kept.has(number));
  for (const { number, range } of old) {
    inTransaction(database, () => {
      database.prepare("DELETE FROM findings WHERE row BETWEEN ? AND ?").run(range.first, range.last);
      for (const table of ["counts", "days"]) database.prepare(`DELETE FROM ${table} WHERE scan = ?`).run(number);
      database.prepare("DELETE FROM scans WHERE number = ?").run(number);
    });
  }
  return old.length;
}

/** Oldest first. */
export function growthOf(database: DatabaseSync, store: StoreId): readonly BucketGrowth[] {
  return (
    database
      .prepare("SELECT point FROM growth WHERE store = ? ORDER BY at_ms")
      .all(store)
      // This program wrote it.
      .map((row) => JSON.parse(String(row["point"])) as BucketGrowth)
  );
}

/** The newest days, oldest of them first. */
export function daysOfScan(database: DatabaseSync, number: number, limit: number): readonly BucketDay[] {
  return database
    .prepare("SELECT * FROM (SELECT * FROM days WHERE scan = ? ORDER BY day DESC, tenant LIMIT ?) ORDER BY day, tenant")
    .all(number, limit)
    .map(dayOf);
}

function keepDays(database: DatabaseSync, number: number, days: Iterable<BucketDay>): void {
  const insert = database.prepare("INSERT OR REPLACE INTO days VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  for (const { day, tenant, chunks, bytes, verified, damaged, missing, orphans, indexMissing, worst } of days) {
    insert.run(
      number,
      Math.floor(Date.parse(`${day}T00:00:00Z`) / DAY_MS),
      tenant,
      chunks,
      bytes,
      verified,
      damaged,
      missing,
      orphans,
      indexMissing ? 1 : 0,
      worst === null ? null : STORAGE_SEVERITIES.indexOf(worst),
    );
  }
}

function rowOf(row: Record<string, SQLOutputValue>): ScanRow {
  return {
    number: Number(row["number"]),
    // This program wrote it.
    summary: JSON.parse(String(row["summary"])) as ScanSummary,
    range: { first: Number(row["first_row"]), last: Number(row["last_row"]) },
    daysLeftOut: Number(row["days_left_out"]),
  };
}

function dayOf(row: Record<string, SQLOutputValue>): BucketDay {
  const of = (column: string): number => Number(row[column]);
  return {
    tenant: String(row["tenant"]),
    day: new Date(of("day") * DAY_MS).toISOString().slice(0, 10),
    chunks: of("chunks"),
    bytes: of("bytes"),
    verified: of("verified"),
    damaged: of("damaged"),
    missing: of("missing"),
    orphans: of("orphans"),
    indexMissing: of("index_missing") === 1,
    worst: row["worst"] === null ? null : (STORAGE_SEVERITIES[of("worst")] ?? null),
  };
}

/** Where the next sample of a store begins, in percent. */
export function nextSample(database: DatabaseSync, store: StoreId): number {
  const row = database.prepare("SELECT next FROM samples WHERE store = ?").get(store);
  return Number(row?.["next"] ?? 0);
}

export function keepNextSample(database: DatabaseSync, store: StoreId, next: number): void {
  database.prepare("INSERT OR REPLACE INTO samples VALUES (?, ?)").run(store, next);
}
