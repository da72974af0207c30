import { createHash } from "node:crypto";
import { realpath } from "node:fs/promises";
import { homedir } from "node:os";
import { resolve } from "node:path";
import { AppError } from "../../../src-shared/errors/app-error.ts";
import { archiveIdSchema, type ArchiveId } from "../../../src-shared/model/ids.ts";

/**
 * Where paths really lead: absolute, `~` as the person's own folder, without links, sorted, each once. Rejects with `files.unreadable` for the first that
 * leads nowhere.
 */
export async function realPaths(paths: readonly string[]): Promise<readonly string[]> {
  const found = new Set<string>();
  for (const path of paths) {
    try {
      found.add(await realpath(resolve(path.replace(/^~(?=[\\/]|$)/, homedir()))));
    } catch (error) {
      const problem = error instanceof Error && "code" in error ? String(error.code) : String(error);
      throw new AppError("files.unreadable", { file: path.slice(0, 1_000), problem }, { cause: error });
    }
  }
  return [...found].sort();
}

/** The name of what is at these real paths: the same in every run of the program, so that links and lists can keep it. */
export function archiveIdOf(sortedRealPaths: readonly string[]): ArchiveId {
  const digest = createHash("sha256").update(sortedRealPaths.join("\0")).digest("hex");
  return archiveIdSchema.parse(`a${digest.slice(0, 32)}`);
}
