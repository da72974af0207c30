import { realpath } from "node:fs/promises";
import { isAbsolute, relative, resolve } from "node:path";
import { AppError } from "../../../src-shared/errors/app-error.ts";

/** Whether a path, links already followed, may be opened. */
export type PathRule = (realPath: string) => boolean | Promise<boolean>;

/** At this machine a person may open what the system lets them read. */
export const ANY_PATH: PathRule = () => true;

/**
 * For a console that other machines reach: only what lies in the listed folders. The folders are resolved at each
 * question, since they may be made later, and may be links themselves.
 */
export function onlyInside(folders: () => readonly string[]): PathRule {
  return async (path) => {
    for (const folder of folders()) {
      try {
        if (isInside(await realpath(resolve(folder)), path)) return true;
      } catch {
        // A folder that is not there holds nothing that could be opened.
      }
    }
    return false;
  };
}

/** Whether `path` is `folder` or lies in it. Both without links. */
export function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way === "" || (!isAbsolute(way) && way !== ".." && !/^\.\.[\\/]/.test(way));
}

/** Rejects with `archive.path-refused` for the first path the rule refuses. */
export async function checkPaths(realPaths: readonly string[], rule: PathRule): Promise<void> {
  for (const path of realPaths) {
    if (!(await rule(path))) throw new AppError("archive.path-refused", { file: path });
  }
}

/** `archives.folders` as the setting holds it: paths, one a line or separated by the system's path delimiter. */
export function listedFolders(setting: string, delimiter: string): readonly string[] {
  return setting
    .split(/[\r\n]+/)
    .flatMap((line) => line.split(delimiter))
    .map((folder) => folder.trim())
    .filter((folder) => isAbsolute(folder));
}
