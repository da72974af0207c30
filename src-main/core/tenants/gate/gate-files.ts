import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { UnreadableInput } from "./label-use.ts";

const WANTED = /\.(?:ya?ml|json|alloy|river)$/;
/** A collector's configuration is some kilobytes; a rendered chart some megabytes. */
const MAX_FILE_BYTES = 64 * 2 ** 20;
const SKIPPED = new Set([".git", "node_modules"]);

export interface GateInput {
  readonly path: string;
  readonly text: string;
}

/**
 * The files that paths name: a file whatever it is called, of a folder the YAML, JSON and Alloy files, in the order of names. What
 * cannot be read is told.
 */
export async function readGateFiles(
  paths: readonly string[],
): Promise<{ readonly files: readonly GateInput[]; readonly unreadable: readonly UnreadableInput[] }> {
  const files: GateInput[] = [];
  const unreadable: UnreadableInput[] = [];
  const fail = (path: string, problem: string) => {
    unreadable.push({ place: { file: path, line: 1, column: 1 }, problem });
  };
  const visit = async (path: string, named: boolean): Promise<void> => {
    try {
      const { size, isDirectory } = await stat(path).then((found) => ({
        size: found.size,
        isDirectory: found.isDirectory(),
      }));
      if (isDirectory) {
        for (const entry of (await readdir(path, { withFileTypes: true })).toSorted((a, b) =>
          a.name < b.name ? -1 : 1,
        )) {
          if (SKIPPED.has(entry.name) || entry.isSymbolicLink()) continue;
          // oxlint-disable-next-line no-await-in-loop -- one file in memory at a time is enough
          await visit(join(path, entry.name), false);
        }
        return;
      }
      if (!named && !WANTED.test(path)) return;
      if (size > MAX_FILE_BYTES) return fail(path, `larger than ${MAX_FILE_BYTES} bytes`);
      const bytes = await readFile(path);
      if (bytes.includes(0)) return fail(path, "no text");
      files.push({ path, text: bytes.toString("utf8") });
    } catch (error) {
      fail(path, error instanceof Error ? error.message.slice(0, 300) : String(error));
    }
  };
  for (const path of paths) {
    // oxlint-disable-next-line no-await-in-loop -- in the order of the arguments
    await visit(path, true);
  }
  return { files, unreadable };
}
