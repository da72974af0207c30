import { readdir, stat } from "node:fs/promises";
import { basename, join, relative, sep } from "node:path";

export interface ListedFile {
  readonly path: string;
  /** What problems name: the base name, or the path inside the folder that was opened. */
  readonly part: string;
}

/**
 * Files as given, folders as all files in them, sorted by path. Names that begin with a dot are left out of folders (`.DS_Store`
 * and the like), and links are not followed there: they may lead out of it.
 */
export async function listTextFiles(paths: readonly string[], signal: AbortSignal): Promise<ListedFile[]> {
  const files: ListedFile[] = [];
  for (const path of paths) {
    // oxlint-disable-next-line no-await-in-loop -- in the order given
    if ((await stat(path)).isDirectory()) await listFolder(path, path, files, signal);
    else files.push({ path, part: basename(path) });
  }
  return files;
}

async function listFolder(root: string, folder: string, files: ListedFile[], signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.name.startsWith(".")) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      // oxlint-disable-next-line no-await-in-loop -- sorted
      await listFolder(root, path, files, signal);
    } else if (entry.isFile()) {
      files.push({ path, part: relative(root, path).split(sep).join("/") });
    }
  }
}
