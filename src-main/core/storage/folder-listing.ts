import type { Dirent } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { canBeginKeys, UPLOADS_FOLDER } from "./folder-paths.ts";

/** Order of keys: by their UTF-8 bytes, as S3 lists them. */
export function compareKeys(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

interface WalkState {
  readonly root: string;
  readonly prefix: string;
  /** Only keys above this one. */
  readonly after: string;
  /** Keys that begin so are passed over; set by the reader as it goes. */
  skip: string | null;
}

async function entriesOf(folder: string): Promise<readonly Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    // A folder that went away while it was listed has no keys.
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR")) return [];
    throw error;
  }
}

/** Whether any key below `folderKey` (which ends in a slash) can be of interest. */
function worthEntering(folderKey: string, { prefix, after, skip }: WalkState): boolean {
  if (!folderKey.startsWith(prefix) && !prefix.startsWith(folderKey)) return false;
  if (skip !== null && folderKey.startsWith(skip)) return false;
  return after === "" || after.startsWith(folderKey) || compareKeys(folderKey, after) > 0;
}

function worthTelling(key: string, { prefix, after, skip }: WalkState): boolean {
  if (!key.startsWith(prefix) || (skip !== null && key.startsWith(skip))) return false;
  return after === "" || compareKeys(key, after) > 0;
}

async function* walk(state: WalkState, folderKey: string): AsyncGenerator<string> {
  const entries = (await entriesOf(join(state.root, folderKey)))
    .filter((entry) => entry.isFile() || entry.isDirectory())
    .filter(({ name }) => folderKey !== "" || name !== UPLOADS_FOLDER)
    // A folder sorts as the keys in it do: with its slash.
    .map((entry) => ({ key: folderKey + entry.name + (entry.isDirectory() ? "/" : ""), folder: entry.isDirectory() }))
    .sort((a, b) => compareKeys(a.key, b.key));
  for (const { key, folder } of entries) {
    if (folder && worthEntering(key, state)) yield* walk(state, key);
    else if (!folder && worthTelling(key, state)) yield key;
  }
}

export interface KeyPage {
  readonly keys: readonly string[];
  readonly prefixes: readonly string[];
  /** Where the next page begins; `null` after the last. */
  readonly next: FolderMark | null;
}

/** Behind a key, or behind all keys that begin with a common prefix. */
export interface FolderMark {
  readonly after: string;
  readonly isPrefix: boolean;
}

/** One page of the keys of a folder, in order, grouped by the delimiter. Only the folders on the way are read. */
export async function listKeys(
  root: string,
  request: { readonly prefix: string; readonly delimiter: string; readonly maxKeys: number; readonly mark: FolderMark },
): Promise<KeyPage> {
  const { prefix, delimiter, maxKeys, mark } = request;
  const state: WalkState = { root, prefix, after: mark.after, skip: mark.isPrefix ? mark.after : null };
  const keys: string[] = [];
  const prefixes: string[] = [];
  let last: FolderMark | null = null;
  // Straight to the deepest folder that all keys of the prefix lie in.
  const begin = prefix.slice(0, prefix.lastIndexOf("/") + 1);
  if (!(await canBeginKeys(root, begin))) return { keys, prefixes, next: null };
  for await (const key of walk(state, begin)) {
    if (keys.length + prefixes.length >= maxKeys) return { keys, prefixes, next: last };
    const at = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
    if (at < 0) {
      keys.push(key);
      last = { after: key, isPrefix: false };
    } else {
      const common = key.slice(0, at + delimiter.length);
      prefixes.push(common);
      state.skip = common;
      last = { after: common, isPrefix: true };
    }
  }
  return { keys, prefixes, next: null };
}
