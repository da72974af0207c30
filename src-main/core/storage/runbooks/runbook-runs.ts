import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { runbookRunSchema, type RunbookRun } from "../../../../src-shared/model/storage/recovery.ts";
import { AppError } from "../../../../src-shared/errors/app-error.ts";
import { openSqliteDatabase } from "../../common/sqlite-database.ts";

const MIGRATIONS = [
  `CREATE TABLE runs (run TEXT PRIMARY KEY, started_at_ms INTEGER NOT NULL, content TEXT NOT NULL) STRICT;
   CREATE INDEX runs_by_age ON runs (started_at_ms DESC);
   CREATE TABLE marks (
     run TEXT NOT NULL, step TEXT NOT NULL, at_ms INTEGER NOT NULL, by TEXT NOT NULL, state TEXT NOT NULL, note TEXT NOT NULL
   ) STRICT;`,
];
/** The oldest go first. */
const MOST_RUNS = 1_000;

const rowSchema = z.object({ content: z.string() });

/** Who went through which runbook, step by step. Every mark is kept, also one that was taken back. */
export class RunbookRuns implements Disposable {
  readonly #database: DatabaseSync;

  constructor(file: string) {
    this.#database = openSqliteDatabase(file, MIGRATIONS);
  }

  /** Newest first. */
  list(limit: number): RunbookRun[] {
    const rows = this.#database
      .prepare("SELECT content FROM runs ORDER BY started_at_ms DESC, rowid DESC LIMIT ?")
      .all(limit);
    return rows.map(readRun);
  }

  /** @throws AppError `recovery.runbook-unknown` */
  get(run: string): RunbookRun {
    const row = this.#database.prepare("SELECT content FROM runs WHERE run = ?").get(run);
    if (row === undefined) throw new AppError("recovery.runbook-unknown", { runbook: run.slice(0, 100) });
    return readRun(row);
  }

  /** Keeps a run as it is now; `mark` is the step that was changed by that. */
  keep(run: RunbookRun, mark: RunbookRun["steps"][number] | null): void {
    this.#database
      .prepare("INSERT OR REPLACE INTO runs (run, started_at_ms, content) VALUES (?, ?, ?)")
      .run(run.run, Math.round(run.startedAtMs), JSON.stringify(run));
    if (mark !== null) {
      this.#database
        .prepare("INSERT INTO marks (run, step, at_ms, by, state, note) VALUES (?, ?, ?, ?, ?, ?)")
        .run(run.run, mark.step, Math.round(mark.atMs ?? 0), mark.by ?? "", mark.state, mark.note);
    }
    this.#database
      .prepare("DELETE FROM runs WHERE run NOT IN (SELECT run FROM runs ORDER BY started_at_ms DESC LIMIT ?)")
      .run(MOST_RUNS);
    this.#database.exec("DELETE FROM marks WHERE run NOT IN (SELECT run FROM runs)");
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }
}

function readRun(row: unknown): RunbookRun {
  return runbookRunSchema.parse(JSON.parse(rowSchema.parse(row).content));
}
