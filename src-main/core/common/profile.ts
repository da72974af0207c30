import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import envPaths from "env-paths";
import { AppError } from "../../../src-shared/errors/app-error.ts";

/** Where one person's console keeps everything; all of it is readable by that person alone. */
export interface ProfileDirectory {
  readonly root: string;
  readonly exports: string;
  readonly spill: string;
  readonly logs: string;
  file(name: string): string;
}

/** `KUBEMATE_PROFILE`, else the platform's folder for application data. */
export function defaultProfileRoot(environment: Readonly<Record<string, string | undefined>>): string {
  const chosen = environment["KUBEMATE_PROFILE"];
  if (chosen !== undefined && chosen !== "") return resolve(chosen.replace(/^~(?=\/|$)/, homedir()));
  return envPaths("kubemate", { suffix: "" }).data;
}

/** Makes the folders that are missing. Rejects with `files.unwritable` where that cannot be. */
export function openProfile(root: string): ProfileDirectory {
  const profile: ProfileDirectory = {
    root,
    exports: join(root, "exports"),
    spill: join(root, "spill"),
    logs: join(root, "logs"),
    file: (name) => join(root, name),
  };
  try {
    for (const directory of [root, profile.exports, profile.spill, profile.logs]) {
      mkdirSync(directory, { recursive: true, mode: 0o700 });
    }
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new AppError("files.unwritable", { file: root, problem }, { cause: error });
  }
  return profile;
}

/**
 * Takes the profile for this process; the second console gets `profile.in-use` with the first one's pid. The lock is a
 * SQLite exclusive transaction, because the system itself lets go of it however the process ends: a pid file would
 * outlive `kill -9` and then lie.
 */
export function lockProfile(profile: ProfileDirectory): Disposable {
  const pidFile = profile.file("console.pid");
  const database = new DatabaseSync(profile.file("console.lock"), { timeout: 0 });
  try {
    database.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    database.close();
    throw new AppError("profile.in-use", { directory: profile.root, pid: readPid(pidFile) }, { cause: error });
  }
  writeFileSync(pidFile, String(process.pid), { mode: 0o600 });
  return {
    [Symbol.dispose]() {
      database.close();
    },
  };
}

function readPid(file: string): number {
  try {
    return Number.parseInt(readFileSync(file, "utf8"), 10) || 0;
  } catch {
    // Only to name the other process; without it the sentence still says what to do.
    return 0;
  }
}
