import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "../../../../src-shared/errors/app-error.ts";
import { TEMPORARY_PREFIX } from "./archive-paths.ts";

const DEEPEST = 12;
const MOST_FILES = 100_000;
/** Names that are looked at: a whole disk is not searched through. */
const MOST_NAMES = 1_000_000;

/**
 * Parquet files below a folder, relative with `/`, sorted. Links are not followed; names that begin with a point or an
 * underscore are what writers leave beside their data (`_SUCCESS`, `.tmp-…`).
 *
 * @throws `files.unreadable`
 */
export async function listParquetFiles(folder: string, signal?: AbortSignal): Promise<string[]> {
  const found: string[] = [];
  let names = 0;
  const walk = async (relative: string, depth: number): Promise<void> => {
    signal?.throwIfAborted();
    for (const entry of await entriesOf(join(folder, relative), relative)) {
      const path = relative === "" ? entry.name : `${relative}/${entry.name}`;
      if (entry.name.startsWith(".") || entry.name.startsWith("_") || entry.name.startsWith(TEMPORARY_PREFIX)) continue;
      if (entry.isDirectory() && depth < DEEPEST) await walk(path, depth + 1);
      else if (entry.isFile() && /\.(parquet|parq|pq)$/i.test(entry.name)) found.push(path);
      names += 1;
      if (found.length >= MOST_FILES || names >= MOST_NAMES) return;
    }
  };
  await walk("", 0);
  return found.sort();
}

async function entriesOf(path: string, name: string): Promise<import("node:fs").Dirent[]> {
  try {
    return await readdir(path, { withFileTypes: true });
  } catch (error) {
    const problem = error instanceof Error && "code" in error ? String(error.code) : String(error);
    throw new AppError("files.unreadable", { file: name, problem }, { cause: error });
  }
}
