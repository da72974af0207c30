import { readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { pino, type DestinationStream } from "pino";

const MAX_BYTES = 8 * 2 ** 20;
const KEPT_FILES = 5;
export const LOG_FILE_NAME = "console.ndjson";

/**
 * The log file of a profile, rotated when the program starts and the file has grown past 8 MiB; five are kept. Written at
 * once, so that the last line before a crash is there.
 */
export function openLogFile(directory: string): DestinationStream {
  const file = join(directory, LOG_FILE_NAME);
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > MAX_BYTES) {
    renameSync(file, join(directory, `console-${new Date().toISOString().replaceAll(":", "-")}.ndjson`));
    removeOldest(directory);
  }
  return pino.destination({ dest: file, sync: true, mkdir: true, mode: 0o600 });
}

/** The log files of a profile, newest last. */
export function logFiles(directory: string): readonly string[] {
  return readdirSync(directory)
    .filter((name) => /^console(-.*)?\.ndjson$/.test(name))
    .sort((a, b) => (a === LOG_FILE_NAME ? 1 : b === LOG_FILE_NAME ? -1 : a.localeCompare(b)))
    .map((name) => join(directory, name));
}

function removeOldest(directory: string): void {
  const old = logFiles(directory).filter((file) => !file.endsWith(LOG_FILE_NAME));
  for (const file of old.slice(0, Math.max(0, old.length - (KEPT_FILES - 1)))) rmSync(file);
}
