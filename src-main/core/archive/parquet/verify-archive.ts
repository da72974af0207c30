import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { AppError, isAppError } from "../../../../src-shared/errors/app-error.ts";
import type { ArchiveProblem } from "../../../../src-shared/model/archive.ts";
import { MANIFEST_FILE, type ArchiveFile } from "../../../../src-shared/model/archive-manifest.ts";
import { archiveFileBlocks } from "./archive-file-blocks.ts";
import { listParquetFiles } from "./list-parquet-files.ts";
import {
  compareSums,
  compareWithManifest,
  disagreement,
  namedOnce,
  staysInside,
  unnamedFile,
} from "./manifest-check.ts";
import { readManifest } from "./manifest-file.ts";
import { knownFile } from "./open-parquet-file.ts";
import { readError } from "./parquet-damage.ts";
import { verifyPackedFile } from "./verify-packed-file.ts";

export interface VerifyOptions {
  readonly signal: AbortSignal;
  /** 0…1 of the bytes. */
  readonly onProgress?: (fraction: number) => void;
}

/**
 * Reads every byte of an archive of ours (folder or single file) again and compares it with the manifest: presence, size,
 * SHA-256, rows and bounds by the footers, files that nobody names. A file that carries its own manifest has no checksum of
 * itself in it; there the checksums of all pages are compared. An empty answer means that all agree.
 */
export async function verifyArchive(path: string, options: VerifyOptions): Promise<readonly ArchiveProblem[]> {
  const found = await stat(path).catch((error: unknown) => {
    throw readError(basename(path), error);
  });
  return found.isDirectory() ? verifyFolder(path, options) : verifyPackedFile(path, options);
}

async function verifyFolder(directory: string, options: VerifyOptions): Promise<readonly ArchiveProblem[]> {
  const problems: ArchiveProblem[] = [];
  try {
    const manifest = await readManifest(directory);
    if (manifest === null) {
      const problem = "it is not there: the export did not end";
      throw new AppError("archive.manifest-disagrees", { part: MANIFEST_FILE, problem });
    }
    for (const problem of compareSums(manifest)) {
      const error = new AppError("archive.manifest-disagrees", { part: MANIFEST_FILE, problem });
      problems.push({ part: MANIFEST_FILE, error: error.toWire(), count: 1 });
    }
    const total = manifest.files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    const { files, problems: repeated } = namedOnce(manifest.files);
    problems.push(...repeated);
    let done = 0;
    for (const file of files) {
      const before = done;
      problems.push(
        ...(await verifyFile(directory, file, options.signal, (bytes) => {
          options.onProgress?.(Math.min(1, (before + bytes) / total));
        })),
      );
      done += file.sizeBytes;
    }
    const named = new Set(manifest.files.map(({ path }) => path));
    const there = await listParquetFiles(directory, options.signal);
    problems.push(...there.filter((path) => !named.has(path)).map(unnamedFile));
  } catch (error) {
    if (!isAppError(error)) throw error;
    problems.push({ part: MANIFEST_FILE, error: error.toWire(), count: 1 });
  }
  return problems;
}

async function verifyFile(
  directory: string,
  file: ArchiveFile,
  signal: AbortSignal,
  onBytes: (bytes: number) => void,
): Promise<readonly ArchiveProblem[]> {
  if (!staysInside(file.path)) return [disagreement(file, "its path leads out of the archive")];
  const path = join(directory, ...file.path.split("/"));
  let sha256: string;
  try {
    sha256 = await sha256Of(path, signal, onBytes);
  } catch (error) {
    signal.throwIfAborted();
    const gone = error instanceof Error && "code" in error && error.code === "ENOENT";
    if (gone) return [disagreement(file, "the file is not there")];
    return [{ part: file.path, error: readError(file.path, error).toWire(), count: 1 }];
  }
  const problems: ArchiveProblem[] = sha256 === file.sha256 ? [] : [disagreement(file, "its SHA-256 is another")];
  try {
    const known = knownFile(path, file.path);
    problems.push(...compareWithManifest(file, known, archiveFileBlocks(known, file.tenant)));
  } catch (error) {
    problems.push({ part: file.path, error: readError(file.path, error).toWire(), count: 1 });
  }
  return problems;
}

/** In lower-case hex. `onBytes` is told how many were read so far. */
async function sha256Of(path: string, signal: AbortSignal, onBytes: (bytes: number) => void): Promise<string> {
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const piece of createReadStream(path, { highWaterMark: 1024 * 1024, signal })) {
    // A stream without an encoding gives buffers.
    const buffer = piece as Buffer;
    hash.update(buffer);
    bytes += buffer.length;
    onBytes(bytes);
  }
  return hash.digest("hex");
}
