import type { Dirent } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { AppError } from "../../../../src-shared/errors/app-error.ts";
import { isOtherLokiObject, objectNameIn } from "./object-name.ts";

export interface BucketFiles {
  /** Files whose names are chunk keys, with as much of the key as lies below the opened folder. */
  readonly chunks: readonly { readonly file: string; readonly key: string }[];
  /** Files that are nothing of Loki's by their names, with their paths below the opened folder; the first 1,000. */
  readonly others: readonly { readonly file: string; readonly key: string }[];
  readonly otherCount: number;
  /** Whether there is an index, rules or the seed of a cluster: then it is a bucket whatever else there is. */
  readonly lokiObjects: number;
}

const MAX_OTHERS = 1_000;

async function entriesOf(folder: string): Promise<readonly Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    const problem = error instanceof Error && "code" in error ? String(error.code) : String(error);
    throw new AppError("files.unreadable", { file: folder.slice(0, 1_000), problem }, { cause: error });
  }
}

/**
 * All files below the opened paths, told apart by their names. A file that was opened by itself counts as one of its own
 * folder. Links are not followed. Rejects with `files.unreadable`.
 */
export async function listBucketFiles(paths: readonly string[], signal: AbortSignal): Promise<BucketFiles> {
  const chunks: { file: string; key: string }[] = [];
  const others: { file: string; key: string }[] = [];
  let otherCount = 0;
  let lokiObjects = 0;
  const place = (file: string, path: string) => {
    const key = objectNameIn(path);
    if (key !== null) chunks.push({ file, key });
    else if (isOtherLokiObject(path)) lokiObjects++;
    else {
      otherCount++;
      if (others.length < MAX_OTHERS) others.push({ file, key: path });
    }
  };
  for (const path of paths) {
    const isFolder = (await stat(path)).isDirectory();
    if (!isFolder) place(path, basename(path));
    const folders: { folder: string; path: string }[] = isFolder ? [{ folder: path, path: "" }] : [];
    for (let next = folders.pop(); next !== undefined; next = folders.pop()) {
      signal.throwIfAborted();
      for (const entry of await entriesOf(next.folder)) {
        const below = next.path === "" ? entry.name : `${next.path}/${entry.name}`;
        const file = join(next.folder, entry.name);
        if (entry.isDirectory()) folders.push({ folder: file, path: below });
        else if (entry.isFile()) place(file, below);
      }
    }
  }
  chunks.sort((a, b) => (a.key < b.key ? -1 : 1));
  others.sort((a, b) => (a.key < b.key ? -1 : 1));
  return { chunks, others, otherCount, lokiObjects };
}
