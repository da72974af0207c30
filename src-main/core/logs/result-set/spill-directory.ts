import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Logger } from "../../common/logger.ts";
import type { OpenSpillFile, SpillFile } from "./spill-file.ts";

const LOCK_FILE = "owner.lock";
const MAX_ATTEMPTS = 5;

/**
 * This process's part of `<profile>/spill`: one folder a process, in it one folder a result set. What dead processes left
 * there is removed when it is opened.
 *
 * Whether a process lives is asked of the operating system: the owner holds an exclusive SQLite lock in its folder, which
 * ends with the process however it ends. A process id in a file would not do: ids are used again, and in containers
 * everyone is process 1.
 */
export class SpillDirectory implements AsyncDisposable {
  readonly path: string;
  readonly #lock: DatabaseSync;

  private constructor(path: string, lock: DatabaseSync) {
    this.path = path;
    this.#lock = lock;
  }

  static async open(root: string, logger: Logger): Promise<SpillDirectory> {
    await mkdir(root, { recursive: true, mode: 0o700 });
    await removeLeftovers(root, logger);
    for (let attempt = 1; ; attempt += 1) {
      const path = join(root, randomUUID());
      await mkdir(path, { mode: 0o700 });
      const lock = lockFolder(path);
      if (lock !== null && existsSync(join(path, LOCK_FILE))) return new SpillDirectory(path, lock);
      // Another console that starts this very moment took it for a leftover.
      lock?.close();
      if (attempt === MAX_ATTEMPTS) throw new Error(`no folder in ${root} could be locked`);
    }
  }

  /** A set's file, in a folder of its own that goes with it. */
  async openFile(set: string, open: OpenSpillFile): Promise<SpillFile> {
    const folder = join(this.path, set);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const file = await open(join(folder, "rows"));
    return {
      path: file.path,
      append: (bytes) => file.append(bytes),
      read: (target, position) => file.read(target, position),
      [Symbol.asyncDispose]: async () => {
        await file[Symbol.asyncDispose]();
        await rm(folder, { recursive: true, force: true });
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#lock.close();
    await rm(this.path, { recursive: true, force: true });
  }
}

async function removeLeftovers(root: string, logger: Logger): Promise<void> {
  for (const entry of await readdir(root, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    const path = join(root, entry.name);
    try {
      const lock = lockFolder(path);
      if (lock === null) continue;
      lock.close();
      await rm(path, { recursive: true, force: true });
      logger.info("removed spilled rows of an ended process", { folder: entry.name });
    } catch (error) {
      // What cannot be removed costs disk space and nothing else.
      logger.error("spilled rows of an ended process could not be removed", error, { folder: entry.name });
    }
  }
}

/** Takes the lock of a folder, or answers null when a living process holds it. */
function lockFolder(path: string): DatabaseSync | null {
  const database = new DatabaseSync(join(path, LOCK_FILE), { timeout: 0 });
  try {
    database.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
    return database;
  } catch (error) {
    database.close();
    if (isBusy(error)) return null;
    throw error;
  }
}

/** SQLITE_BUSY is 5; the low byte of an extended code is its primary one. */
function isBusy(error: unknown): boolean {
  return error instanceof Error && "errcode" in error && (Number(error.errcode) & 0xff) === 5;
}
