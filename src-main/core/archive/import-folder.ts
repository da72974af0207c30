import { mkdir, readdir, rm } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { MANIFEST_FILE, type ArchiveFile } from "../../../src-shared/model/archive-manifest.ts";
import { AppError } from "../../../src-shared/errors/app-error.ts";

const TENANT_FOLDER = /^tenant=/;
const PARTIAL = /\.(partial|tmp)(\.|-|$)|^\.|^manifest\.json\./;

/**
 * Makes the folder of a new archive. What an import that did not end left there is removed, unless it goes on (`resumes`).
 * Rejects with `archive.already-there` where a manifest is, or anything that no import leaves behind.
 */
export async function prepareImportFolder(directory: string, resumes: boolean): Promise<void> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const names = await readdir(directory);
    const strange = names.some((name) => !TENANT_FOLDER.test(name) && !PARTIAL.test(name));
    if (names.includes(MANIFEST_FILE) || strange) throw new AppError("archive.already-there", { file: directory });
    if (resumes) return;
    for (const name of names) await rm(join(directory, name), { recursive: true, force: true });
  } catch (error) {
    if (error instanceof AppError) throw error;
    const exists = error instanceof Error && "code" in error && error.code === "EEXIST";
    if (exists) throw new AppError("archive.already-there", { file: directory }, { cause: error });
    throw new AppError("files.unwritable", { file: directory, problem: String(error).slice(0, 300) }, { cause: error });
  }
}

/** Removes what lies in the tenants' folders and is none of these files: slices of a try that was cut off. */
export async function removeStrangers(directory: string, files: readonly ArchiveFile[]): Promise<void> {
  const known = new Set(files.map(({ path }) => path));
  const entries = await readdir(directory, { withFileTypes: true, recursive: true });
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    const name = relative(directory, path).split(sep).join("/");
    if (entry.isDirectory() || !TENANT_FOLDER.test(name) || known.has(name)) continue;
    await rm(path, { force: true });
  }
}
