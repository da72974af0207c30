import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, open } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { openPromise, type Entry, type ZipFile } from "yauzl";
import { CAPSULE_SUFFIX, capsuleSchema, type Capsule } from "../../../src-shared/api/capsules.api.ts";
import { AppError } from "../../../src-shared/errors/app-error.ts";
import {
  CAPSULE_ENTRY,
  CHECKSUMS_ENTRY,
  checksumsSchema,
  digestOfComment,
  isCapsuleEntry,
  MAX_DOCUMENT_BYTES,
  MAX_ENTRIES,
  sha256Of,
  type Checksums,
} from "./capsule-format.ts";

/** A capsule whose list of checksums is the one it was made with. */
export interface OpenedZip extends AsyncDisposable {
  readonly capsule: Capsule;
  /** Writes everything below `archive/` into a folder; every byte is compared. */
  unpackArchive(directory: string, signal: AbortSignal, onBytes: (bytes: number) => void): Promise<void>;
  /** Bytes of what `unpackArchive` writes. */
  readonly archiveBytes: number;
}

/**
 * Opens a capsule and reads its documents; `null` for a file that is none. Rejects with `capsule.invalid` for one that is
 * not made as a capsule is, with `capsule.tampered` naming the entry that is not what was put in.
 */
export async function openCapsuleZip(file: string): Promise<OpenedZip | null> {
  const named = file.endsWith(CAPSULE_SUFFIX);
  if (!named && !(await beginsAsZip(file))) return null;
  let zip: ZipFile;
  try {
    zip = await openPromise(file, { autoClose: false, strictFileNames: true, validateEntrySizes: true });
  } catch (error) {
    // Another zip may be somebody else's; what has the name of a capsule is to be one.
    if (!named) return null;
    throw invalid(file, error);
  }
  const digest = digestOfComment(zip.comment);
  if (digest === null) {
    zip.close();
    if (!named) return null;
    throw invalid(file, "no digest");
  }
  try {
    return await readDocuments(file, zip, digest);
  } catch (error) {
    zip.close();
    throw error instanceof AppError ? error : invalid(file, error);
  }
}

async function readDocuments(file: string, zip: ZipFile, digest: string): Promise<OpenedZip> {
  const entries = await listEntries(file, zip);
  const checksumsBytes = await readDocument(file, zip, entries.get(CHECKSUMS_ENTRY), CHECKSUMS_ENTRY);
  if (sha256Of(checksumsBytes) !== digest) throw tampered(file, CHECKSUMS_ENTRY);
  const checksums = checksumsSchema.parse(JSON.parse(checksumsBytes.toString("utf8")));
  compareNames(file, entries, checksums);
  const capsuleBytes = await readDocument(file, zip, entries.get(CAPSULE_ENTRY), CAPSULE_ENTRY);
  if (sha256Of(capsuleBytes) !== checksums.entries[CAPSULE_ENTRY]?.sha256) throw tampered(file, CAPSULE_ENTRY);
  const capsule = capsuleSchema.parse(JSON.parse(capsuleBytes.toString("utf8")));
  const archived = [...entries.values()].filter(({ fileName }) => fileName.includes("/"));
  return {
    capsule,
    archiveBytes: archived.reduce((total, { uncompressedSize }) => total + uncompressedSize, 0),
    unpackArchive: async (directory, signal, onBytes) => {
      for (const entry of archived) await unpack(file, zip, entry, checksums, directory, signal, onBytes);
    },
    [Symbol.asyncDispose]: async () => zip.close(),
  };
}

async function listEntries(file: string, zip: ZipFile): Promise<ReadonlyMap<string, Entry>> {
  if (zip.entryCount > MAX_ENTRIES) throw invalid(file, `${zip.entryCount} entries`);
  const entries = new Map<string, Entry>();
  for await (const entry of zip.eachEntry()) {
    const { fileName, compressionMethod } = entry;
    // Stored entries are as large as they say: no bomb fits in.
    if (compressionMethod !== 0 || entry.isEncrypted()) throw invalid(file, `entry ${shown(fileName)} is not stored`);
    if (!isCapsuleEntry(fileName) || entries.has(fileName)) throw invalid(file, `entry ${shown(fileName)}`);
    entries.set(fileName, entry);
  }
  return entries;
}

function compareNames(file: string, entries: ReadonlyMap<string, Entry>, checksums: Checksums): void {
  for (const [name, entry] of entries) {
    if (name === CHECKSUMS_ENTRY) continue;
    const known = Object.hasOwn(checksums.entries, name) ? checksums.entries[name] : undefined;
    if (known === undefined || known.sizeBytes !== entry.uncompressedSize) throw tampered(file, name);
  }
  for (const name of Object.keys(checksums.entries)) if (!entries.has(name)) throw tampered(file, name);
}

async function readDocument(file: string, zip: ZipFile, entry: Entry | undefined, name: string): Promise<Buffer> {
  if (entry === undefined) throw invalid(file, `no ${name}`);
  if (entry.uncompressedSize > MAX_DOCUMENT_BYTES) throw invalid(file, `${name} is too large`);
  const pieces: Buffer[] = [];
  for await (const piece of await entryStream(file, zip, entry)) pieces.push(piece);
  return Buffer.concat(pieces);
}

async function unpack(
  file: string,
  zip: ZipFile,
  entry: Entry,
  checksums: Checksums,
  directory: string,
  signal: AbortSignal,
  onBytes: (bytes: number) => void,
): Promise<void> {
  const target = join(directory, ...entry.fileName.split("/"));
  await mkdir(dirname(target), { recursive: true, mode: 0o700 });
  const hash = createHash("sha256");
  const hashed = new Transform({
    transform: (piece: Buffer, _encoding, done) => {
      hash.update(piece);
      onBytes(piece.length);
      done(null, piece);
    },
  });
  const stream = await entryStream(file, zip, entry);
  try {
    await pipeline(stream, hashed, createWriteStream(target, { flags: "wx", mode: 0o600 }), { signal });
  } catch (error) {
    throw unpackFailure(error, file, target, signal);
  }
  if (hash.digest("hex") !== checksums.entries[entry.fileName]?.sha256) throw tampered(file, entry.fileName);
}

/** yauzl looks at the local header here; one that does not fit was changed. */
async function entryStream(file: string, zip: ZipFile, entry: Entry): Promise<AsyncIterable<Buffer>> {
  try {
    return await zip.openReadStreamPromise(entry);
  } catch (error) {
    throw new AppError("capsule.tampered", { file: basename(file), part: shown(entry.fileName) }, { cause: error });
  }
}

function unpackFailure(error: unknown, file: string, target: string, signal: AbortSignal): AppError {
  if (signal.aborted) return new AppError("request.cancelled", {}, { cause: error });
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOSPC") return new AppError("files.disk-full", { file: target }, { cause: error });
  if (typeof code === "string" && "path" in Object(error)) {
    return new AppError("files.unwritable", { file: target, problem: code }, { cause: error });
  }
  return invalid(file, error);
}

async function beginsAsZip(file: string): Promise<boolean> {
  await using handle = await open(file, "r");
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, 0);
  return bytesRead === 4 && buffer.readUInt32BE(0) === 0x504b0304;
}

function tampered(file: string, part: string): AppError {
  return new AppError("capsule.tampered", { file: basename(file), part: shown(part) });
}

function invalid(file: string, problem: unknown): AppError {
  const text = problem instanceof Error ? problem.message : String(problem);
  return new AppError("capsule.invalid", { file: basename(file), problem: text.slice(0, 300) }, { cause: problem });
}

function shown(name: string): string {
  return name.slice(0, 200);
}
