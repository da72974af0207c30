import { readdir, rm, stat } from "node:fs/promises";
import { join, sep } from "node:path";
import { AppError } from "../../../src-shared/errors/app-error.ts";
import { MANIFEST_FILE } from "../../../src-shared/model/archive-manifest.ts";
import type { FinishedPart } from "./export-checkpoint.ts";

/** Files that writers of archives make, finished or not. */
const SLICE_FILE = /^(\.tmp-)?slice-[A-Za-z0-9_-]+-\d+\.parquet$/;
const PARTITION = /^tenant=/;

/** Rejects with `archive.already-there` where a folder holds an archive, or slices that this export did not write. */
export async function checkFolderIsFree(directory: string): Promise<void> {
  const taken = (await names(directory)).find((name) => name === MANIFEST_FILE || PARTITION.test(name));
  if (taken !== undefined) throw new AppError("archive.already-there", { file: join(directory, taken) });
}

export async function hasManifest(directory: string): Promise<boolean> {
  return (await names(directory)).includes(MANIFEST_FILE);
}

/** Finished parts whose files are not there as they were written: somebody took them away. */
export async function lostParts(directory: string, finished: readonly FinishedPart[]): Promise<readonly number[]> {
  const lost: number[] = [];
  for (const { part, files, uploaded } of finished) {
    if (uploaded) continue;
    for (const { path, sizeBytes } of files) {
      const found = await stat(join(directory, ...path.split("/"))).catch(() => null);
      if (found === null || !found.isFile() || found.size !== sizeBytes) {
        lost.push(part);
        break;
      }
    }
  }
  return lost;
}

/**
 * Removes what killed tries left: slices that were written and never committed, and unfinished ones. Only files with names
 * of slices, only in partitions; whatever else a person keeps there stays.
 */
export async function removeLeftovers(directory: string, finished: readonly FinishedPart[]): Promise<void> {
  const wanted = new Set(finished.flatMap(({ files }) => files.map(({ path }) => path)));
  for (const tenant of (await names(directory)).filter((name) => PARTITION.test(name))) {
    for (const day of await names(join(directory, tenant))) {
      const folder = join(directory, tenant, day);
      for (const name of await names(folder)) {
        if (!SLICE_FILE.test(name) || wanted.has(`${tenant}/${day}/${name}`)) continue;
        await rm(join(folder, name), { force: true }).catch((error: unknown) => {
          throw new AppError(
            "files.unwritable",
            { file: folder + sep + name, problem: problemOf(error) },
            { cause: error },
          );
        });
      }
    }
  }
}

/** Removes the folders that slices lay in; what else is in the folder stays. */
export async function removePartitions(directory: string): Promise<void> {
  for (const name of (await names(directory)).filter((each) => PARTITION.test(each))) {
    await rm(join(directory, name), { recursive: true, force: true });
  }
}

async function names(directory: string): Promise<readonly string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR")) return [];
    throw new AppError("files.unreadable", { file: directory, problem: problemOf(error) }, { cause: error });
  }
}

function problemOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 300);
}
