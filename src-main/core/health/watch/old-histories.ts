import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Logger } from "../../common/logger.ts";

/**
 * Removes the histories of sites that nobody has watched for longer than one is kept: those of sites that were removed would
 * stay for ever. A folder of a history is changed by every new segment. What cannot be removed is logged, and stays.
 */
export async function removeOldHistories(directory: string, beforeMs: number, logger: Logger): Promise<void> {
  for (const site of await foldersIn(directory)) {
    const folder = join(directory, site);
    try {
      // oxlint-disable-next-line no-await-in-loop -- a handful of folders
      if ((await newest(folder)) >= beforeMs) continue;
      // oxlint-disable-next-line no-await-in-loop -- see above
      await rm(folder, { recursive: true, force: true });
    } catch (error) {
      logger.warn("an old health history could not be removed", { folder, problem: String(error).slice(0, 200) });
    }
  }
}

async function newest(folder: string): Promise<number> {
  const folders = [folder, ...(await foldersIn(folder)).map((place) => join(folder, place))];
  const times = await Promise.all(folders.map(async (one) => (await stat(one)).mtimeMs));
  return Math.max(...times);
}

/** None where there is no such folder, or where it cannot be read: whoever opens a history tells of that. */
async function foldersIn(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}
