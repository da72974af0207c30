import { realpath } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import { AppError } from "../../../src-shared/errors/app-error.ts";

/** Where uploads lie until they are complete: inside the folder, because only there a rename is one act. */
export const UPLOADS_FOLDER = ".kubemate-uploads";

const MAX_KEY_BYTES = 1_024;

function isSegment(segment: string): boolean {
  // NUL ends a path everywhere; a backslash separates folders on Windows, and is a character elsewhere.
  const unfit = sep === "/" ? /\0/ : /[\0\\]/;
  return segment !== "" && segment !== "." && segment !== ".." && !unfit.test(segment);
}

/** The path of a key's file. Throws `storage.key-invalid` for a key that no file can have, or that leaves the folder. */
export function pathOfKey(root: string, key: string): string {
  const segments = key.split("/");
  const valid = segments.every(isSegment) && segments[0] !== UPLOADS_FOLDER && Buffer.byteLength(key) <= MAX_KEY_BYTES;
  if (!valid) throw new AppError("storage.key-invalid", { key: key.slice(0, 200) });
  return join(root, ...segments);
}

/** Throws `storage.key-invalid` where a link leads out of the folder: a copy of somebody's bucket may hold any. */
export async function checkInside(root: string, path: string, key: string): Promise<void> {
  const [realRoot, realFolder] = await Promise.all([realpath(root), realpath(dirname(path))]);
  if (realFolder !== realRoot && !realFolder.startsWith(realRoot + sep)) {
    throw new AppError("storage.key-invalid", { key: key.slice(0, 200) });
  }
}

/** Whether keys can begin so: a listing below a prefix must not leave the folder either. */
export async function canBeginKeys(root: string, folderKey: string): Promise<boolean> {
  if (folderKey === "") return true;
  const segments = folderKey.slice(0, -1).split("/");
  if (!segments.every(isSegment) || segments[0] === UPLOADS_FOLDER) return false;
  const real = await realpath(join(root, ...segments)).catch(() => null);
  return real?.startsWith((await realpath(root)) + sep) === true;
}
