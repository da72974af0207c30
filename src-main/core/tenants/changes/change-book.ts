import type { DatabaseSync } from "node:sqlite";
import { jobIdSchema, type JobId, type PlanId, type SiteId } from "../../../../src-shared/model/ids.ts";
import { limitChangeReportSchema, type LimitChangeReport } from "../../../../src-shared/model/tenants/limit-change.ts";
import { openSqliteDatabase } from "../../common/sqlite-database.ts";
import { limitsChangeInputSchema, type LimitsChangeInput } from "./limits-change.job.ts";

const MIGRATIONS = [
  `CREATE TABLE changes (
     plan TEXT PRIMARY KEY,
     job TEXT UNIQUE,
     site TEXT NOT NULL,
     at_ms INTEGER NOT NULL,
     input TEXT NOT NULL,
     report TEXT NOT NULL,
     state TEXT NOT NULL,
     rolled_back_by TEXT
   ) STRICT;
   CREATE INDEX changes_by_age ON changes (site, at_ms DESC);`,
];
/** Old ones are forgotten: what was changed before so many changes is not rolled back by one click any more. */
const KEPT = 2_000;

export interface BookedChange {
  readonly job: JobId;
  readonly atMs: number;
  readonly input: LimitsChangeInput;
  readonly report: LimitChangeReport;
  /** `running` until its end is known: also of a process that was killed. */
  readonly state: "running" | "succeeded" | "failed" | "cancelled";
}

/**
 * Changes of limits that this profile's processes made, with what stood there before: a command's change is rolled back from
 * the window and the other way round. Written before anything is sent.
 */
export class ChangeBook implements Disposable {
  readonly #database: DatabaseSync;

  constructor(file: string) {
    this.#database = openSqliteDatabase(file, MIGRATIONS);
  }

  /** A change that is about to be made; its job is named as soon as there is one. */
  begin(atMs: number, input: LimitsChangeInput, report: LimitChangeReport): void {
    const { id, site } = input.plan;
    this.#database
      .prepare("INSERT INTO changes (plan, site, at_ms, input, report, state) VALUES (?, ?, ?, ?, ?, 'running')")
      .run(id, site, atMs, JSON.stringify(input), JSON.stringify(report));
    this.#database
      .prepare("DELETE FROM changes WHERE plan NOT IN (SELECT plan FROM changes ORDER BY at_ms DESC LIMIT ?)")
      .run(KEPT);
  }

  named(plan: PlanId, job: JobId): void {
    this.#database.prepare("UPDATE changes SET job = ? WHERE plan = ?").run(job, plan);
  }

  forget(plan: PlanId): void {
    this.#database.prepare("DELETE FROM changes WHERE plan = ?").run(plan);
  }

  keep(report: LimitChangeReport, state: BookedChange["state"]): void {
    this.#database
      .prepare("UPDATE changes SET report = ?, state = ? WHERE plan = ?")
      .run(JSON.stringify(report), state, report.plan.id);
  }

  /** The job of this plan took back what `job` did. */
  rolledBack(job: JobId, plan: PlanId): void {
    this.#database
      .prepare("UPDATE changes SET rolled_back_by = (SELECT job FROM changes WHERE plan = ?) WHERE job = ?")
      .run(plan, job);
  }

  /** `null` for one that is not there, or that a newer program wrote in another form. */
  get(job: JobId): BookedChange | null {
    const row = this.#database.prepare("SELECT * FROM changes WHERE job = ?").get(job);
    return row === undefined ? null : bookedChange(row);
  }

  /** Newest first. */
  list(site: SiteId, limit: number): readonly BookedChange[] {
    return this.#database
      .prepare("SELECT * FROM changes WHERE site = ? AND job IS NOT NULL ORDER BY at_ms DESC LIMIT ?")
      .all(site, limit)
      .flatMap((row) => bookedChange(row) ?? []);
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }
}

function bookedChange(row: Readonly<Record<string, unknown>>): BookedChange | null {
  const job = jobIdSchema.safeParse(row["job"]);
  const input = limitsChangeInputSchema.safeParse(JSON.parse(String(row["input"])));
  const report = limitChangeReportSchema.safeParse(JSON.parse(String(row["report"])));
  if (!job.success || !input.success || !report.success) return null;
  const by = jobIdSchema.safeParse(row["rolled_back_by"]);
  const state = row["state"];
  return {
    job: job.data,
    atMs: Number(row["at_ms"]),
    input: input.data,
    report: by.success ? { ...report.data, rolledBackBy: by.data } : report.data,
    state: state === "succeeded" || state === "failed" || state === "cancelled" ? state : "running",
  };
}
