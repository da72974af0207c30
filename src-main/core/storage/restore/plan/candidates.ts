import { rmSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { z } from "zod";
import { inTransaction, openSqliteDatabase } from "../../../common/sqlite-database.ts";
import type { KeyState } from "./key-state.ts";

const MIGRATIONS = [
  "CREATE TABLE candidates (position INTEGER PRIMARY KEY, key TEXT NOT NULL, kind TEXT NOT NULL, damaged INTEGER NOT NULL, state TEXT NOT NULL) STRICT",
] as const;

const versionSchema = z.object({
  versionId: z.string().nullable(),
  etag: z.string(),
  sizeBytes: z.number(),
  modifiedMs: z.number(),
});
const stateSchema = z.object({
  key: z.string(),
  current: versionSchema.nullable(),
  isMarked: z.boolean(),
  wanted: versionSchema.nullable(),
  others: z.array(versionSchema),
});
const rowSchema = z.object({
  key: z.string(),
  kind: z.enum(["chunk", "other"]),
  damaged: z.number(),
  state: z.string(),
});

/** An object that is not as it should be, or not known to be. */
export interface Candidate {
  readonly kind: "chunk" | "other";
  /** What stands there now is damaged; where nothing does it is missing. */
  readonly isDamaged: boolean;
  readonly state: KeyState;
}

export type ChosenBy = Pick<Candidate, "kind" | "isDamaged"> & { readonly key: string };

/** Candidates of a plan in the making, on disk and in the order of their keys: a lost bucket is all candidates. */
export class Candidates implements Disposable {
  readonly #file: string;
  readonly #database: DatabaseSync;
  readonly #insert: StatementSync;
  #count = 0;

  constructor(directory: string) {
    this.#file = join(directory, "candidates.db");
    this.#database = openSqliteDatabase(this.#file, MIGRATIONS);
    // Nobody reads it after this process.
    this.#database.exec("PRAGMA synchronous = OFF");
    this.#insert = this.#database.prepare("INSERT INTO candidates VALUES (?, ?, ?, ?, ?)");
  }

  get count(): number {
    return this.#count;
  }

  addAll(candidates: readonly Candidate[]): void {
    if (candidates.length === 0) return;
    inTransaction(this.#database, () => {
      for (const { kind, isDamaged, state } of candidates) {
        this.#insert.run(this.#count, state.key, kind, isDamaged ? 1 : 0, JSON.stringify(state));
        this.#count += 1;
      }
    });
  }

  /** Page by page, in order, only those that `isChosen`. */
  *pages(size: number, isChosen: (candidate: ChosenBy) => boolean): Generator<readonly Candidate[]> {
    const select = this.#database.prepare(
      "SELECT key, kind, damaged, state FROM candidates WHERE position >= ? ORDER BY position LIMIT ?",
    );
    for (let from = 0; from < this.#count; from += size) {
      const rows = select.all(from, size).map((row) => rowSchema.parse(row));
      yield rows
        .map(({ key, kind, damaged, state }) => ({ key, kind, isDamaged: damaged === 1, state }))
        .filter(isChosen)
        .map(({ kind, isDamaged, state }) => ({ kind, isDamaged, state: stateSchema.parse(JSON.parse(state)) }));
    }
  }

  [Symbol.dispose](): void {
    if (!this.#database.isOpen) return;
    this.#database.close();
    for (const suffix of ["", "-wal", "-shm"]) rmSync(this.#file + suffix, { force: true });
  }
}
