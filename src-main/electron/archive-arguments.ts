import { resolve } from "node:path";
import { CAPSULE_SUFFIX } from "../../src-shared/api/capsules.api.ts";

/** What the names of files end with that a person may have the system open with this program. */
const OURS = [CAPSULE_SUFFIX, ".parquet", ".ndjson", ".jsonl", ".json", ".log", ".txt", ".gz", ".zst"];

/**
 * The files among a program's arguments, as whole paths. Switches, and what does not end as logs do (the program itself,
 * its folder), are none. Nothing is looked at on disk.
 */
export function archiveArguments(argv: readonly string[], workingDirectory: string): readonly string[] {
  return argv
    .filter((argument) => !argument.startsWith("-") && !/^[a-z][a-z0-9+.-]+:\/\//i.test(argument))
    .filter((argument) => OURS.some((suffix) => argument.toLowerCase().endsWith(suffix)))
    .map((argument) => resolve(workingDirectory, argument));
}
