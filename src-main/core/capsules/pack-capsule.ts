import { createHash } from "node:crypto";
import { createReadStream, createWriteStream, existsSync } from "node:fs";
import { link, mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import type { PassThrough } from "node:stream";
import { pipeline } from "node:stream/promises";
import { ZipFile } from "yazl";
import type { Capsule } from "../../../src-shared/api/capsules.api.ts";
import { AppError } from "../../../src-shared/errors/app-error.ts";
import {
  ARCHIVE_PREFIX,
  CAPSULE_ENTRY,
  capsuleComment,
  CHECKSUMS_ENTRY,
  sha256Of,
  type Checksums,
} from "./capsule-format.ts";

/** Every entry the same: what a capsule holds depends on nothing of the machine that made it. */
const ENTRY_OPTIONS = {
  compress: false,
  mtime: new Date(Date.UTC(2000, 0, 1)),
  mode: 0o100600,
  forceDosTimestamp: true,
};

/**
 * Packs an archive folder and the capsule's document, uncompressed since Parquet is compressed already, into `file`; answers
 * with its size. It appears there whole and on disk, or not at all, and takes nobody's place. Rejects with
 * `archive.already-there`, `files.disk-full`, `files.unwritable`.
 */
export async function packCapsule(
  archiveDirectory: string,
  capsule: Capsule,
  file: string,
  signal: AbortSignal,
): Promise<number> {
  const partial = `${file}.partial`;
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    const zip = await buildZip(archiveDirectory, capsule, signal);
    await pipeline(zip.outputStream, createWriteStream(partial, { mode: 0o600 }), { signal });
    await synced(partial);
    await placeNew(partial, file);
    await synced(dirname(file));
    return (await stat(file)).size;
  } catch (error) {
    await rm(partial, { force: true });
    throw packFailure(error, file, signal);
  }
}

async function buildZip(archiveDirectory: string, capsule: Capsule, signal: AbortSignal): Promise<ZipFile> {
  const zip = new ZipFile();
  zip.on("error", (error: Error) => {
    // yazl makes it a PassThrough; its types say less. A file that cannot be read any more must end the packing.
    (zip.outputStream as PassThrough).destroy(error);
  });
  const entries: Record<string, Checksums["entries"][string]> = {};
  const document = Buffer.from(`${JSON.stringify(capsule, null, 2)}\n`);
  entries[CAPSULE_ENTRY] = { sha256: sha256Of(document), sizeBytes: document.length };
  zip.addBuffer(document, CAPSULE_ENTRY, ENTRY_OPTIONS);
  for (const path of await filesBelow(archiveDirectory)) {
    const name = `${ARCHIVE_PREFIX}${relative(archiveDirectory, path).split(sep).join("/")}`;
    entries[name] = await checksumOf(path, signal);
    zip.addFile(path, name, ENTRY_OPTIONS);
  }
  const checksums = { format: "kubemate-capsule", version: 1, entries } satisfies Checksums;
  const list = Buffer.from(`${JSON.stringify(checksums, null, 2)}\n`);
  zip.addBuffer(list, CHECKSUMS_ENTRY, ENTRY_OPTIONS);
  zip.end({ forceZip64Format: false, comment: capsuleComment(list) });
  return zip;
}

async function filesBelow(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .sort();
}

async function checksumOf(path: string, signal: AbortSignal): Promise<Checksums["entries"][string]> {
  const hash = createHash("sha256");
  let sizeBytes = 0;
  for await (const piece of createReadStream(path, { signal })) {
    // A stream of a file without an encoding yields buffers.
    const bytes = piece as Buffer;
    hash.update(bytes);
    sizeBytes += bytes.length;
  }
  return { sha256: hash.digest("hex"), sizeBytes };
}

/** Unlike a renaming, a link fails where something is; not every file system knows links. */
async function placeNew(partial: string, file: string): Promise<void> {
  try {
    await link(partial, file);
    await rm(partial);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "EEXIST" || code === "ENOSPC") throw error;
    if (existsSync(file)) throw new AppError("archive.already-there", { file }, { cause: error });
    await rename(partial, file);
  }
}

async function synced(path: string): Promise<void> {
  await using handle = await open(path, "r");
  await handle.sync();
}

function packFailure(error: unknown, file: string, signal: AbortSignal): AppError {
  if (error instanceof AppError) return error;
  if (signal.aborted) return new AppError("request.cancelled", {}, { cause: error });
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "EEXIST") return new AppError("archive.already-there", { file }, { cause: error });
  if (code === "ENOSPC") return new AppError("files.disk-full", { file }, { cause: error });
  return new AppError("files.unwritable", { file, problem: String(error).slice(0, 300) }, { cause: error });
}
