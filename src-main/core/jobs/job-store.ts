import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { wireErrorSchema, type WireError } from "../../../src-shared/errors/wire-error.ts";
import { jobIdSchema, type JobId } from "../../../src-shared/model/ids.ts";
import { JOB_STATES, jobProgressSchema, type JobProgress, type JobState } from "../../../src-shared/model/job.ts";
import { openSqliteDatabase } from "../common/sqlite-database.ts";

const MIGRATIONS = [
  `CREATE TABLE jobs (
     id TEXT PRIMARY KEY,
     kind TEXT NOT NULL,
     state TEXT NOT NULL,
     principal TEXT NOT NULL,
     created_at_ms INTEGER NOT NULL,
     started_at_ms INTEGER,
     ended_at_ms INTEGER,
     attempts INTEGER NOT NULL DEFAULT 0,
     input TEXT NOT NULL,
     checkpoint TEXT,
     output TEXT,
     progress TEXT,
     error TEXT
   ) STRICT;
   CREATE INDEX jobs_by_age ON jobs (created_at_ms DESC);`,
];

/** A job as it is stored: input, checkpoint and output still unparsed, since a newer program may read what an older wrote. */
export interface StoredJob {
  readonly id: JobId;
  readonly kind: string;
  readonly state: JobState;
  readonly principal: string;
  readonly createdAtMs: number;
  readonly startedAtMs: number | null;
  readonly endedAtMs: number | null;
  readonly attempts: number;
  readonly input: unknown;
  readonly checkpoint: unknown;
  readonly output: unknown;
  readonly progress: JobProgress | null;
  readonly error: WireError | null;
}

const nullableText = z.string().nullable();
const rowSchema = z.object({
  id: jobIdSchema,
  kind: z.string(),
  state: z.enum(JOB_STATES),
  principal: z.string(),
  created_at_ms: z.number(),
  started_at_ms: z.number().nullable(),
  ended_at_ms: z.number().nullable(),
  attempts: z.number(),
  input: z.string(),
  checkpoint: nullableText,
  output: nullableText,
  progress: nullableText,
  error: nullableText,
});

/** The jobs of a profile in SQLite. Every method is one durable statement. */
export class JobStore implements Disposable {
  readonly #database: DatabaseSync;

  constructor(file: string) {
    this.#database = openSqliteDatabase(file, MIGRATIONS);
  }

  insert(job: Pick<StoredJob, "id" | "kind" | "principal" | "createdAtMs" | "input">): void {
    this.#database
      .prepare("INSERT INTO jobs (id, kind, state, principal, created_at_ms, input) VALUES (?, ?, 'queued', ?, ?, ?)")
      .run(job.id, job.kind, job.principal, job.createdAtMs, JSON.stringify(job.input));
  }

  get(id: JobId): StoredJob | null {
    const row = this.#database.prepare("SELECT * FROM jobs WHERE id = ?").get(id);
    return row === undefined ? null : readRow(row);
  }

  /** Newest first. */
  list(states: readonly JobState[] | null, limit: number): StoredJob[] {
    const rows = this.#database
      .prepare(
        `SELECT * FROM jobs WHERE ?1 IS NULL OR state IN (SELECT value FROM json_each(?1))
         ORDER BY created_at_ms DESC, rowid DESC LIMIT ?2`,
      )
      .all(states === null ? null : JSON.stringify(states), limit);
    return rows.map(readRow);
  }

  /** The oldest job that waits for its turn. */
  nextQueued(): StoredJob | null {
    const row = this.#database
      .prepare("SELECT * FROM jobs WHERE state = 'queued' ORDER BY created_at_ms, rowid LIMIT 1")
      .get();
    return row === undefined ? null : readRow(row);
  }

  start(id: JobId, nowMs: number): void {
    this.#database
      .prepare(
        `UPDATE jobs SET state = 'running', started_at_ms = ?, ended_at_ms = NULL, error = NULL, attempts = attempts + 1
         WHERE id = ?`,
      )
      .run(nowMs, id);
  }

  requeue(id: JobId): void {
    this.#database.prepare("UPDATE jobs SET state = 'queued', ended_at_ms = NULL, error = NULL WHERE id = ?").run(id);
  }

  saveCheckpoint(id: JobId, checkpoint: unknown): void {
    this.#database.prepare("UPDATE jobs SET checkpoint = ? WHERE id = ?").run(JSON.stringify(checkpoint), id);
  }

  saveProgress(id: JobId, progress: JobProgress): void {
    this.#database.prepare("UPDATE jobs SET progress = ? WHERE id = ?").run(JSON.stringify(progress), id);
  }

  /** Ends a run. `output` is kept when it is `undefined`. */
  end(id: JobId, state: JobState, nowMs: number, output: unknown, error: WireError | null): void {
    this.#database
      .prepare("UPDATE jobs SET state = ?, ended_at_ms = ?, output = coalesce(?, output), error = ? WHERE id = ?")
      .run(
        state,
        nowMs,
        output === undefined ? null : JSON.stringify(output),
        error === null ? null : JSON.stringify(error),
        id,
      );
  }

  /** What ran when the program died: nobody may think that it still does. Answers with how many there were. */
  interruptRunning(nowMs: number): number {
    const result = this.#database
      .prepare("UPDATE jobs SET state = 'interrupted', ended_at_ms = ? WHERE state = 'running'")
      .run(nowMs);
    return Number(result.changes);
  }

  remove(id: JobId): boolean {
    return this.#database.prepare("DELETE FROM jobs WHERE id = ?").run(id).changes === 1;
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }
}

function readRow(raw: unknown): StoredJob {
  const row = rowSchema.parse(raw);
  const json = (text: string | null): unknown => (text === null ? null : JSON.parse(text));
  return {
    id: row.id,
    kind: row.kind,
    state: row.state,
    principal: row.principal,
    createdAtMs: row.created_at_ms,
    startedAtMs: row.started_at_ms,
    endedAtMs: row.ended_at_ms,
    attempts: row.attempts,
    input: json(row.input),
    checkpoint: json(row.checkpoint),
    output: json(row.output),
    progress: row.progress === null ? null : jobProgressSchema.parse(json(row.progress)),
    error: row.error === null ? null : wireErrorSchema.parse(json(row.error)),
  };
}
