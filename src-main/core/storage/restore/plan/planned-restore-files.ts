import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import writeFileAtomic from "write-file-atomic";
import { AppError, isAppError } from "../../../../../src-shared/errors/app-error.ts";
import { planIdSchema, type PlanId } from "../../../../../src-shared/model/ids.ts";
import { restorePlanSchema, type RestoreItem } from "../../../../../src-shared/model/storage/restore.ts";
import { storeConfigSchema, storeIdSchema } from "../../../../../src-shared/model/storage/store.ts";
import { openSqliteDatabase } from "../../../common/sqlite-database.ts";
import type { PlannedRestore } from "../planned-restore.ts";
import { ITEM_MIGRATIONS, readItems } from "./plan-items.ts";

/** Planning alone may take minutes, and a plan is read before it is applied. What has changed since, applying finds out item by item. */
export const RESTORE_PLAN_LIFETIME_MS = 60 * 60_000;

const UNFINISHED_LIFETIME_MS = 24 * 60 * 60_000;

const PLAN_FILE = "plan.json";
const ITEMS_FILE = "items.db";
/** Lies there once a job has the plan: from then on it is the job's. */
const TAKEN_FILE = "taken";

const contentSchema = z.object({
  version: z.literal(1),
  plan: restorePlanSchema,
  /** Stores of the plan that the profile need not know: a command names them by their address. No secret is in them. */
  stores: z.record(storeIdSchema, storeConfigSchema),
});
export type PlanContent = Omit<z.output<typeof contentSchema>, "version">;

/** A plan on disk, with the stores it was made with. */
export interface KeptRestorePlan extends PlannedRestore {
  readonly stores: PlanContent["stores"];
}

/** A plan's folder while it is made; without `finish` nothing of it is left. */
export class PlanFolder implements Disposable {
  readonly id: PlanId;
  readonly directory: string;
  readonly database: DatabaseSync;
  #finished = false;

  /** @throws AppError `files.unwritable`, `files.unreadable` */
  constructor(root: string, id: PlanId) {
    this.id = id;
    this.directory = join(root, id);
    try {
      mkdirSync(this.directory, { recursive: true, mode: 0o700 });
    } catch (error) {
      throw unwritable(this.directory, error);
    }
    this.database = openSqliteDatabase(join(this.directory, ITEMS_FILE), ITEM_MIGRATIONS);
    // One plan is one transaction a batch; what a power cut takes is a plan that nobody has seen yet.
    this.database.exec("PRAGMA synchronous = NORMAL");
  }

  /** Durable when it resolves. @throws AppError `files.unwritable` */
  async finish(content: PlanContent): Promise<KeptRestorePlan> {
    // One file, that any process can open for reading alone.
    this.database.exec("PRAGMA journal_mode = DELETE");
    this.database.close();
    try {
      const text = `${JSON.stringify({ version: 1, ...content })}\n`;
      await writeFileAtomic(join(this.directory, PLAN_FILE), text, { mode: 0o600 });
    } catch (error) {
      throw unwritable(join(this.directory, PLAN_FILE), error);
    }
    this.#finished = true;
    return openPlannedRestore(this.directory);
  }

  [Symbol.dispose](): void {
    if (this.#finished) return;
    if (this.database.isOpen) this.database.close();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** Opens a plan that lies in a folder, today's or one that a job goes on with. @throws AppError `files.unreadable` */
export function openPlannedRestore(directory: string): KeptRestorePlan {
  const file = join(directory, PLAN_FILE);
  try {
    const { plan, stores } = contentSchema.parse(JSON.parse(readFileSync(file, "utf8")));
    return { plan, stores, directory, items: (from, signal) => itemsOf(directory, from, signal) };
  } catch (error) {
    throw unreadable(file, error);
  }
}

async function* itemsOf(directory: string, from: number, signal: AbortSignal): AsyncGenerator<RestoreItem> {
  const file = join(directory, ITEMS_FILE);
  let database: DatabaseSync | null = null;
  try {
    database = new DatabaseSync(file, { readOnly: true, timeout: 5_000 });
    for (const item of readItems(database, from)) {
      if (signal.aborted) throw new AppError("request.cancelled", {});
      yield item;
    }
  } catch (error) {
    if (isAppError(error)) throw error;
    throw unreadable(file, error);
  } finally {
    database?.close();
  }
}

/**
 * The plan of this id, not expired. @throws AppError `operation.plan-unknown`, `operation.plan-expired`, `files.unreadable`
 */
export function keptPlan(root: string, id: PlanId, nowMs: number): KeptRestorePlan {
  const directory = join(root, planIdSchema.parse(id));
  if (!existsSync(join(directory, PLAN_FILE))) throw new AppError("operation.plan-unknown", { plan: id });
  const kept = openPlannedRestore(directory);
  if (kept.plan.expiresAtMs < nowMs && !isTaken(directory)) {
    throw new AppError("operation.plan-expired", { minutes: RESTORE_PLAN_LIFETIME_MS / 60_000 });
  }
  return kept;
}

/** A job has the plan now: it is kept until the job discards it. @throws AppError `files.unwritable` */
export function markTaken(directory: string): void {
  try {
    writeFileSync(join(directory, TAKEN_FILE), "", { mode: 0o600 });
  } catch (error) {
    throw unwritable(directory, error);
  }
}

/** Removes a plan whose job needs it no more. */
export function discardPlannedRestore(directory: string): void {
  rmSync(directory, { recursive: true, force: true });
}

/** Removes plans that expired and that no job has, and what is left of plans that were never finished. */
export function cleanPlans(root: string, nowMs: number): void {
  for (const name of existsSync(root) ? readdirSync(root) : []) {
    const directory = join(root, name);
    if (!isTaken(directory) && expiresAtMs(directory) < nowMs) discardPlannedRestore(directory);
  }
}

function isTaken(directory: string): boolean {
  return existsSync(join(directory, TAKEN_FILE));
}

/** One that is not finished may be in the making, by another process. */
function expiresAtMs(directory: string): number {
  if (!existsSync(join(directory, PLAN_FILE))) return statSync(directory).mtimeMs + UNFINISHED_LIFETIME_MS;
  try {
    return openPlannedRestore(directory).plan.expiresAtMs;
  } catch (error) {
    if (!isAppError(error)) throw error;
    return 0;
  }
}

function unreadable(file: string, error: unknown): AppError {
  const problem = (error instanceof Error ? error.message : String(error)).slice(0, 300);
  return new AppError("files.unreadable", { file, problem }, { cause: error });
}

function unwritable(file: string, error: unknown): AppError {
  const problem = (error instanceof Error ? error.message : String(error)).slice(0, 300);
  return new AppError("files.unwritable", { file, problem }, { cause: error });
}
