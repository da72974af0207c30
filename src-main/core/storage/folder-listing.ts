import type { Dirent } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { LRUCache } from "lru-cache";
import { canBeginKeys, UPLOADS_FOLDER } from "./folder-paths.ts";
import { compareKeys } from "./key-order.ts";

export { compareKeys } from "./key-order.ts";

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
  const names: string[] = [];
  for (const entry of await entriesOf(join(state.root, folderKey))) {
    if (folderKey === "" && entry.name === UPLOADS_FOLDER) continue;
    // A folder sorts as the keys in it do: with its slash, which no file's name has.
    if (entry.isDirectory()) names.push(`${entry.name}/`);
    else if (entry.isFile()) names.push(entry.name);
  }
  for (const name of names.sort(compareKeys)) {
    const key = folderKey + name;
    const isFolder = name.endsWith("/");
    if (isFolder && worthEntering(key, state)) yield* walk(state, key);
    else if (!isFolder && worthTelling(key, state)) yield key;
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

export interface KeyRequest {
  readonly prefix: string;
  readonly delimiter: string;
  readonly maxKeys: number;
  readonly mark: FolderMark;
}

/** A walk that stopped where a page was full, with the key that was one too many. */
interface LeftWalk {
  readonly state: WalkState;
  readonly keys: AsyncGenerator<string>;
  readonly next: string;
}

/** Listings under way at the same time that go on where they stopped; others find their place again. */
const KEPT_WALKS = 8;
/** What is listed anew a while later begins with the folder as it is then. */
const KEPT_MS = 60_000;

/**
 * Keys of a folder, page by page in order. A listing that goes on reads each folder of it once; one whose walk is not known any
 * more, or of another process, reads again those that its mark lies in.
 */
export class FolderListing {
  readonly #root: string;
  readonly #left = new LRUCache<string, LeftWalk>({ max: KEPT_WALKS, ttl: KEPT_MS });

  constructor(root: string) {
    this.#root = root;
  }

  async page(request: KeyRequest): Promise<KeyPage> {
    const { prefix, delimiter, maxKeys, mark } = request;
    const begun = await this.#walk(request);
    if (begun === null) return { keys: [], prefixes: [], next: null };
    const { state, walked } = begun;
    const keys: string[] = [];
    const prefixes: string[] = [];
    let last = mark;
    // Not `for await`: that would end the walk with the page.
    for (let step = await walked.next(); step.done !== true; step = await walked.next()) {
      const key = step.value;
      if (keys.length + prefixes.length >= maxKeys) {
        this.#left.set(nameOf({ ...request, mark: last }), { state, keys: walked, next: key });
        return { keys, prefixes, next: last };
      }
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

  async #walk(request: KeyRequest): Promise<{ state: WalkState; walked: AsyncGenerator<string> } | null> {
    const { prefix, mark } = request;
    const left = mark.after === "" ? undefined : this.#left.get(nameOf(request));
    if (left !== undefined) {
      this.#left.delete(nameOf(request));
      return { state: left.state, walked: continued(left) };
    }
    const state: WalkState = { root: this.#root, prefix, after: mark.after, skip: mark.isPrefix ? mark.after : null };
    // Straight to the deepest folder that all keys of the prefix lie in.
    const begin = prefix.slice(0, prefix.lastIndexOf("/") + 1);
    return (await canBeginKeys(this.#root, begin)) ? { state, walked: walk(state, begin) } : null;
  }
}

async function* continued({ keys, next }: LeftWalk): AsyncGenerator<string> {
  yield next;
  yield* keys;
}

function nameOf({ prefix, delimiter, mark }: KeyRequest): string {
  return JSON.stringify([prefix, delimiter, mark.after, mark.isPrefix]);
}
