import type { Readable } from "node:stream";
import { crc32 } from "node:zlib";
import type { Entry, ZipFile } from "yauzl";
import { AppError } from "../../../../src-shared/errors/app-error.ts";
import type { ArchiveProblem } from "../../../../src-shared/model/archive.ts";
import { damaged } from "./unpack-stream.ts";
import { WorkFile } from "./work-file.ts";

const MAX_ENTRIES = 10_000;

export interface UnpackedEntry {
  /** As the ZIP names it; for showing only, no path is made of it. */
  readonly name: string;
  readonly file: string;
}

export interface ZipOptions {
  /** Of all entries together. */
  readonly maxBytes: number;
  /** A new path in the work directory. */
  readonly newPath: () => string;
  readonly signal: AbortSignal;
}

/**
 * Unpacks every file of a ZIP into files named by us. An entry that is encrypted or damaged becomes a problem, the others are
 * unpacked. Throws `archive.damaged` where there is no directory (a truncated ZIP), `archive.unpack-too-large`.
 */
export async function unpackZip(
  path: string,
  part: string,
  options: ZipOptions,
): Promise<{ readonly entries: readonly UnpackedEntry[]; readonly problems: readonly ArchiveProblem[] }> {
  const zip = await openZip(path, part);
  const entries: UnpackedEntry[] = [];
  const problems: ArchiveProblem[] = [];
  let bytes = 0;
  try {
    if (zip.entryCount > MAX_ENTRIES) throw zipDamaged(part, `${zip.entryCount} entries`);
    for await (const entry of entriesOf(zip, part)) {
      options.signal.throwIfAborted();
      if (entry.fileName.endsWith("/")) continue;
      const entryPart = `${part}/${entry.fileName.slice(0, 300)}`;
      if (entry.isEncrypted() || !entry.canDecodeFileData()) {
        problems.push(damaged(entryPart, entry.isEncrypted() ? "encrypted" : `method ${entry.compressionMethod}`));
        continue;
      }
      await using target = await WorkFile.create(options.newPath(), entryPart, options.maxBytes - bytes);
      const problem = await unpackEntry(zip, entry, entryPart, target, options.signal);
      bytes += target.bytes;
      if (problem !== null) problems.push(problem);
      entries.push({ name: entry.fileName, file: target.path });
    }
  } finally {
    zip.close();
  }
  return { entries, problems };
}

/** yauzl is loaded here: a program that opens no ZIP does without it. */
async function openZip(path: string, part: string): Promise<ZipFile> {
  const { openPromise } = await import("yauzl");
  try {
    return await openPromise(path, { lazyEntries: true, autoClose: false });
  } catch (error) {
    throw zipDamaged(part, error);
  }
}

async function* entriesOf(zip: ZipFile, part: string): AsyncGenerator<Entry> {
  try {
    yield* zip.eachEntry();
  } catch (error) {
    throw error instanceof AppError ? error : zipDamaged(part, error);
  }
}

async function unpackEntry(
  zip: ZipFile,
  entry: Entry,
  part: string,
  target: WorkFile,
  signal: AbortSignal,
): Promise<ArchiveProblem | null> {
  let checksum = 0;
  try {
    const stream: Readable = await zip.openReadStreamPromise(entry);
    for await (const piece of stream) {
      signal.throwIfAborted();
      // yauzl's streams give buffers.
      const chunk = piece as Buffer;
      checksum = crc32(chunk, checksum);
      await target.write(chunk);
    }
  } catch (error) {
    if (error instanceof AppError || signal.aborted) throw error;
    return damaged(part, error instanceof Error ? error.message.slice(0, 200) : "unreadable");
  }
  return checksum === entry.crc32 ? null : damaged(part, "checksum differs");
}

function zipDamaged(part: string, cause: unknown): AppError {
  const problem = (cause instanceof Error ? cause.message : String(cause)).slice(0, 200);
  return new AppError("archive.damaged", { part, problem }, { cause });
}
