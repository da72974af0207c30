import { mkdir, realpath } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, dirname, isAbsolute, join, normalize } from "node:path";
import { AppError } from "../../../src-shared/errors/app-error.ts";
import type { PathRule } from "./archive-path-rule.ts";

/**
 * Where something new is to be written: a plain name is one in `home`, anything else an absolute path (`~` for the person's
 * own folder) that the rule must allow. Links on the way are followed before the rule is asked; the last name may be new.
 * Rejects with `archive.path-refused`; `files.unwritable` where `home` cannot be made.
 */
export async function resolveDestination(wanted: string, home: string, rule: PathRule): Promise<string> {
  const refused = () => new AppError("archive.path-refused", { file: wanted.slice(0, 1_000) });
  if (wanted.includes("\0")) throw refused();
  if (basename(wanted) === wanted && wanted !== "." && wanted !== ".." && !wanted.includes("\\")) {
    await makeFolder(home);
    return join(await realpath(home), wanted);
  }
  const absolute = normalize(wanted.replace(/^~(?=[\\/]|$)/, homedir()));
  if (!isAbsolute(absolute)) throw refused();
  const real = await realDestination(absolute.replace(/(?<=.)[\\/]+$/, ""));
  if (!(await rule(real))) throw refused();
  return real;
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new AppError("files.unwritable", { file: folder, problem: String(error).slice(0, 300) }, { cause: error });
  }
}

/** The part of the path that is there, without links, and behind it the names that are not there yet. */
async function realDestination(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    const missing = error instanceof Error && "code" in error && error.code === "ENOENT";
    const parent = dirname(path);
    if (!missing || parent === path) {
      throw new AppError("files.unwritable", { file: path, problem: String(error).slice(0, 300) }, { cause: error });
    }
    return join(await realDestination(parent), basename(path));
  }
}
