import type { ArchiveAssumptions } from "../../../../src-shared/model/archive.ts";
import type { OpenOutcome, OpenParts } from "../archive-contents.ts";

/**
 * Opens log files, or folders that hold nothing else, as one archive; `null` where they are no text. Format, encoding and
 * time rule are found file by file; what a file does not say (zone, year, any time at all, day or month first) is asked.
 */
export function openTextFiles(
  _paths: readonly string[],
  _assumptions: ArchiveAssumptions,
  _parts: OpenParts,
): Promise<OpenOutcome | null> {
  return Promise.resolve(null);
}
