import { mkdir, rm, stat } from "node:fs/promises";
import { AppError } from "../../../src-shared/errors/app-error.ts";
import type { ArchiveAssumptions, ArchiveQuestion } from "../../../src-shared/model/archive.ts";
import type { ArchiveOpener, OpenOutcome, OpenParts } from "./archive-contents.ts";

/**
 * Asks each opener in turn; the first that knows the place opens it. Whatever does not end in opened contents leaves no work
 * directory behind. Rejects with `archive.not-recognised` where none knows it, and with the openers' own errors.
 */
export async function openPlace(
  paths: readonly string[],
  assumptions: ArchiveAssumptions,
  openers: readonly ArchiveOpener[],
  parts: OpenParts,
): Promise<OpenOutcome> {
  let opened = false;
  try {
    for (const path of paths) await checkReadable(path);
    await mkdir(parts.workDirectory, { recursive: true, mode: 0o700 });
    for (const opener of openers) {
      parts.signal.throwIfAborted();
      const outcome = await opener(paths, assumptions, parts);
      if (outcome === null) continue;
      opened = outcome.kind === "opened";
      return outcome;
    }
    throw new AppError("archive.not-recognised", { file: paths[0] ?? "" });
  } finally {
    if (!opened) await rm(parts.workDirectory, { recursive: true, force: true });
  }
}

/** Files and folders only: a pipe or a device would never end. */
async function checkReadable(path: string): Promise<void> {
  try {
    const found = await stat(path);
    if (found.isFile() || found.isDirectory()) return;
  } catch (error) {
    const problem = error instanceof Error && "code" in error ? String(error.code) : String(error);
    throw new AppError("files.unreadable", { file: path.slice(0, 1_000), problem }, { cause: error });
  }
  throw new AppError("archive.not-recognised", { file: path.slice(0, 1_000) });
}

/** The first question as the error of those who cannot be asked: a link, a restart, a command. */
export function assumptionNeeded([question]: readonly ArchiveQuestion[]): AppError<"archive.assumption-needed"> {
  return new AppError("archive.assumption-needed", {
    file: question?.file ?? "",
    needed: question?.kind ?? "",
    example: question?.example ?? "",
  });
}
