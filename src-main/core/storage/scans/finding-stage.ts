import type { DatabaseSync, StatementSync } from "node:sqlite";
import {
  STORAGE_FINDING_KINDS,
  STORAGE_SEVERITIES,
  type StorageFinding,
} from "../../../../src-shared/model/storage-finding.ts";
import { inTransaction } from "../../common/sqlite-database.ts";
import { findingId } from "./finding-id.ts";
import type { RowRange } from "./finding-rows.ts";
import { FINDING_STATES, NO_TENANT, VANISHED } from "./findings-schema.ts";

/** Rows of one transaction: some hundredths of a second. */
const BATCH = 2_000;

/** What became of findings since the scan that they were compared with. */
export interface StageComparison {
  readonly appeared: number;
  readonly stayed: number;
  readonly vanished: number;
}

/**
 * Findings of a scan in a temporary table, until all are there and can be compared, sorted and kept: a million of them take no
 * memory. SQLite removes the table however the process ends.
 */
export class FindingStage implements Disposable {
  readonly #database: DatabaseSync;
  readonly #tenants = new Map<string, number>();
  readonly #insert: StatementSync;
  #waiting: StorageFinding[] = [];

  constructor(database: DatabaseSync) {
    this.#database = database;
    database.exec(
      // Ids come in no order: with the usual 2 MB of cache their indexes would be read and written page by page.
      `PRAGMA temp.cache_size = -65536;
       PRAGMA main.cache_size = -65536;
       DROP TABLE IF EXISTS temp.staged;
       CREATE TEMP TABLE staged (
         id BLOB NOT NULL UNIQUE,
         severity INTEGER NOT NULL,
         kind INTEGER NOT NULL,
         tenant INTEGER NOT NULL,
         from_ms REAL,
         through_ms REAL,
         state INTEGER NOT NULL,
         first_seen_ms REAL NOT NULL,
         key TEXT NOT NULL,
         finding TEXT NOT NULL
       ) STRICT`,
    );
    this.#insert = database.prepare("INSERT OR IGNORE INTO temp.staged VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  }

  add(finding: StorageFinding): void {
    this.#waiting.push(finding);
    if (this.#waiting.length >= BATCH) this.flush();
  }

  /**
   * Compares with the findings of a scan before: what was there already is `stayed` and keeps when it was first seen. What was
   * there and is not any more has `vanished`, where this scan could have seen it.
   */
  compare(before: RowRange, couldSee: (finding: StorageFinding) => boolean): StageComparison {
    this.flush();
    this.#database
      .prepare(
        `UPDATE temp.staged SET state = ?, first_seen_ms = old.first_seen_ms FROM main.findings AS old
         WHERE old.id = staged.id AND old.row BETWEEN ? AND ? AND old.state <> ?`,
      )
      .run(FINDING_STATES.indexOf("stayed"), before.first, before.last, VANISHED);
    const gone = this.#database
      .prepare(
        `SELECT finding, first_seen_ms FROM main.findings AS old WHERE old.row BETWEEN ? AND ? AND old.state <> ?
         AND NOT EXISTS (SELECT 1 FROM temp.staged WHERE staged.id = old.id)`,
      )
      .iterate(before.first, before.last, VANISHED);
    let kept: { readonly finding: StorageFinding; readonly firstSeenMs: number }[] = [];
    for (const row of gone) {
      // This program wrote it.
      const finding = JSON.parse(String(row["finding"])) as StorageFinding;
      if (couldSee(finding)) kept.push({ finding, firstSeenMs: Number(row["first_seen_ms"]) });
      if (kept.length < BATCH) continue;
      this.#insertAll(kept, VANISHED);
      kept = [];
    }
    this.#insertAll(kept, VANISHED);
    return this.#counted();
  }

  /**
   * Puts all in their order behind what is kept already: worst first, then by key; what has vanished last. Within a transaction of
   * the caller, and after `flush`: a scan is there with everything or not at all.
   */
  publish(scan: number, nowMs: number): RowRange {
    this.#database.prepare("UPDATE temp.staged SET first_seen_ms = ? WHERE first_seen_ms < 0").run(nowMs);
    const newest = () => Number(this.#database.prepare("SELECT MAX(row) AS row FROM findings").get()?.["row"] ?? 0);
    const before = newest();
    this.#database.exec(
      `INSERT INTO findings (row, id, severity, kind, tenant, from_ms, through_ms, state, first_seen_ms, finding)
       SELECT ${before} + ROW_NUMBER() OVER (ORDER BY state = ${VANISHED}, severity, key, kind),
         id, severity, kind, tenant, from_ms, through_ms, state, first_seen_ms, finding FROM temp.staged`,
    );
    this.#database
      .prepare(
        `INSERT INTO counts SELECT ?, kind, severity, tenant, state, COUNT(*) FROM temp.staged
         GROUP BY kind, severity, tenant, state`,
      )
      .run(scan);
    return { first: before + 1, last: newest() };
  }

  /** Writes what waits in memory. */
  flush(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#insertAll(
      waiting.map((finding) => ({ finding, firstSeenMs: -1 })),
      FINDING_STATES.indexOf("appeared"),
    );
  }

  [Symbol.dispose](): void {
    this.#database.exec("DROP TABLE IF EXISTS temp.staged; PRAGMA main.cache_size = -16384;");
  }

  #insertAll(
    findings: readonly { readonly finding: StorageFinding; readonly firstSeenMs: number }[],
    state: number,
  ): void {
    if (findings.length === 0) return;
    inTransaction(this.#database, () => {
      for (const { finding, firstSeenMs } of findings) {
        const { severity, kind, tenant, fromMs, throughMs, key } = finding;
        this.#insert.run(
          findingId(finding),
          STORAGE_SEVERITIES.indexOf(severity),
          STORAGE_FINDING_KINDS.indexOf(kind),
          this.#tenantNumber(tenant),
          fromMs,
          throughMs,
          state,
          firstSeenMs,
          key,
          JSON.stringify(finding),
        );
      }
    });
  }

  #tenantNumber(tenant: string | null): number {
    if (tenant === null) return NO_TENANT;
    const known = this.#tenants.get(tenant);
    if (known !== undefined) return known;
    this.#database.prepare("INSERT OR IGNORE INTO main.tenants (name) VALUES (?)").run(tenant);
    const row = this.#database.prepare("SELECT number FROM main.tenants WHERE name = ?").get(tenant);
    const number = Number(row?.["number"] ?? NO_TENANT);
    this.#tenants.set(tenant, number);
    return number;
  }

  #counted(): StageComparison {
    const rows = this.#database.prepare("SELECT state, COUNT(*) AS findings FROM temp.staged GROUP BY state").all();
    const of = (state: number): number => Number(rows.find((row) => row["state"] === state)?.["findings"] ?? 0);
    return { appeared: of(0), stayed: of(1), vanished: of(VANISHED) };
  }
}
