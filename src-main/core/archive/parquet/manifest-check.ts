import { AppError } from "../../../../src-shared/errors/app-error.ts";
import type { ArchiveProblem } from "../../../../src-shared/model/archive.ts";
import type { ArchiveFile, ArchiveManifest } from "../../../../src-shared/model/archive-manifest.ts";
import type { ArchiveBlock } from "../archive-block.ts";
import { boundsOfBlocks } from "./archive-file-blocks.ts";
import type { KnownFile } from "./open-parquet-file.ts";

/** A file of a manifest that is not there, or is not as it says. `problem` is for people who look after archives. */
export function disagreement(file: ArchiveFile, problem: string): ArchiveProblem {
  return {
    part: file.path,
    error: new AppError("archive.manifest-disagrees", { part: file.path, problem }).toWire(),
    count: 1,
    startNs: file.startNs,
    endNs: file.endNs,
  };
}

export function unnamedFile(path: string): ArchiveProblem {
  const error = new AppError("archive.manifest-disagrees", { part: path, problem: "it does not name this file" });
  return { part: path, error: error.toWire(), count: 1 };
}

/** Whether a manifest's path stays in the archive's folder, on any system. */
export function staysInside(path: string): boolean {
  return path !== "" && !path.includes("\\") && !/^[A-Za-z]:/.test(path) && path.split("/").every(isPlainName);
}

function isPlainName(name: string): boolean {
  return name !== "" && name !== "." && name !== ".." && !name.includes("\0");
}

/** Size, rows and bounds of a file that is there, against what the manifest says. */
export function compareWithManifest(
  file: ArchiveFile,
  { footer }: KnownFile,
  blocks: readonly ArchiveBlock[],
): ArchiveProblem[] {
  const problems: string[] = [];
  if (footer.sizeBytes !== file.sizeBytes) problems.push(`${footer.sizeBytes} bytes instead of ${file.sizeBytes}`);
  if (footer.rows !== file.rows) problems.push(`${footer.rows} rows instead of ${file.rows}`);
  const bounds = boundsOfBlocks(blocks);
  if (bounds !== null && (bounds.minNs !== BigInt(file.startNs) || bounds.maxNs !== BigInt(file.endNs))) {
    problems.push(`times ${bounds.minNs} to ${bounds.maxNs} instead of ${file.startNs} to ${file.endNs}`);
  }
  return problems.map((problem) => disagreement(file, problem));
}

/** The sums of a manifest against its own files. */
export function compareSums(manifest: ArchiveManifest): string[] {
  const rows = manifest.files.reduce((sum, file) => sum + file.rows, 0);
  return rows === manifest.linesWritten ? [] : [`its files have ${rows} rows, it says ${manifest.linesWritten}`];
}

/** The files of a manifest without those that it names again, and a problem for each of these. */
export function namedOnce(files: readonly ArchiveFile[]): {
  readonly files: readonly ArchiveFile[];
  readonly problems: readonly ArchiveProblem[];
} {
  const seen = new Set<string>();
  const again: ArchiveFile[] = [];
  const once = files.filter((file) => {
    const first = !seen.has(file.path);
    seen.add(file.path);
    if (!first) again.push(file);
    return first;
  });
  return { files: once, problems: again.map((file) => disagreement(file, "it names this file more than once")) };
}
