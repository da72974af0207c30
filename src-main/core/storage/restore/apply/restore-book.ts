import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { jobIdSchema, type JobId, type PlanId } from "../../../../../src-shared/model/ids.ts";
import { restoreReportSchema, type RestoreReport } from "../../../../../src-shared/model/storage/restore.ts";
import type { StoreId } from "../../../../../src-shared/model/storage/store.ts";
import { openSqliteDatabase } from "../../../common/sqlite-database.ts";

const MIGRATIONS = [
  `CREATE TABLE restores (
     plan TEXT PRIMARY KEY,
     job TEXT UNIQUE,
     store TEXT NOT NULL,
     directory TEXT NOT NULL,
     at_ms INTEGER NOT NULL,
     principal TEXT NOT NULL,
     state TEXT NOT NULL,
     report TEXT NOT NULL
   ) STRICT;
   CREATE INDEX restores_by_age ON restores (store, at_ms DESC);`,
];
/** Each has a report of some hundred kilobytes at most. */
const KEPT = 500;

/** `running` until its end is known: also of a process that was killed. */
export type BookedState = "running" | "paused" | "succeeded" | "failed" | "cancelled";

export interface BookedRestore {
  readonly job: JobId;
  readonly plan: PlanId;
  readonly directory: string;
  readonly atMs: number;
  readonly principal: string;
  readonly state: BookedState;
  readonly report: RestoreReport;
}

/** Restores that this profile's processes made: of the window, and of commands. */
export class RestoreBook implements Disposable {
  readonly #database: DatabaseSync;

  /** Makes the folder that it lies in. */
  constructor(file: string) {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    this.#database = openSqliteDatabase(file, MIGRATIONS);
  }

  /** One that is about to be made; its job is named as soon as there is one. */
  begin(atMs: number, principal: string, directory: string, report: RestoreReport): void {
    const { id, request } = report.plan;
    this.#database
      .prepare(
        `INSERT INTO restores (plan, store, directory, at_ms, principal, state, report) VALUES (?, ?, ?, ?, ?, 'running', ?)
         ON CONFLICT (plan) DO NOTHING`,
      )
      .run(id, request.store, directory, atMs, principal, JSON.stringify(report));
    this.#database
      .prepare("DELETE FROM restores WHERE plan NOT IN (SELECT plan FROM restores ORDER BY at_ms DESC LIMIT ?)")
      .run(KEPT);
  }

  named(plan: PlanId, job: JobId): void {
    this.#database.prepare("UPDATE restores SET job = ? WHERE plan = ?").run(job, plan);
  }

  forget(plan: PlanId): void {
    this.#database.prepare("DELETE FROM restores WHERE plan = ?").run(plan);
  }

  keep(report: RestoreReport, state: BookedState): void {
    this.#database
      .prepare("UPDATE restores SET report = ?, state = ? WHERE plan = ?")
      .run(JSON.stringify(report), state, report.plan.id);
  }

  /** Newest first; what a newer program wrote in another form is left out. */
  list(store: StoreId, limit: number): readonly BookedRestore[] {
    return this.#database
      .prepare("SELECT * FROM restores WHERE store = ? AND job IS NOT NULL ORDER BY at_ms DESC LIMIT ?")
      .all(store, limit)
      .flatMap((row) => bookedRestore(row) ?? []);
  }

  /** Folders of plans with their jobs, of every store. */
  directories(): readonly { readonly job: JobId; readonly directory: string }[] {
    return this.#database
      .prepare("SELECT job, directory FROM restores WHERE job IS NOT NULL")
      .all()
      .map(({ job, directory }) => ({ job: jobIdSchema.parse(job), directory: String(directory) }));
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }
}

function bookedRestore(row: Readonly<Record<string, unknown>>): BookedRestore | null {
  const job = jobIdSchema.safeParse(row["job"]);
  const report = restoreReportSchema.safeParse(JSON.parse(String(row["report"])));
  if (!job.success || !report.success) return null;
  const state = row["state"];
  return {
    job: job.data,
    plan: report.data.plan.id,
    directory: String(row["directory"]),
    atMs: Number(row["at_ms"]),
    principal: String(row["principal"]),
    state:
      state === "succeeded" || state === "failed" || state === "cancelled" || state === "paused" ? state : "running",
    report: report.data,
  };
}
