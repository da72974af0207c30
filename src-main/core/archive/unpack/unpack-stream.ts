import type { FileHandle } from "node:fs/promises";
import type { Transform } from "node:stream";
import { constants, crc32, createInflateRaw, createZstdDecompress } from "node:zlib";
import type { ArchiveProblem } from "../../../../src-shared/model/archive.ts";
import { AppError } from "../../../../src-shared/errors/app-error.ts";
import { gzipHeaderBytes } from "./gzip-header.ts";
import { isZstdFrame } from "./packing.ts";
import type { WorkFile } from "./work-file.ts";

const CHUNK_BYTES = 256 * 1024;
const GZIP_TRAILER_BYTES = 8;

export interface PackedFile {
  readonly handle: FileHandle;
  readonly sizeBytes: number;
  /** What problems name. */
  readonly part: string;
}

export interface PumpOptions {
  readonly signal: AbortSignal;
  /** Bytes of the source that are done. */
  readonly onRead: (bytes: number) => void;
}

/**
 * Unpacks gzip (RFC 1952: members one after another) or Zstandard (RFC 8878: frames). What can be unpacked of a truncated or
 * damaged file is written and the answer says what is wrong; bytes after the end that are no member are told, padding of
 * zeros is not. Throws what `WorkFile.write` throws, and the signal's reason.
 */
export async function unpackStream(
  packing: "gzip" | "zstd",
  source: PackedFile,
  target: WorkFile,
  options: PumpOptions,
): Promise<ArchiveProblem | null> {
  const { handle, sizeBytes, part } = source;
  let at = 0;
  while (at < sizeBytes) {
    // oxlint-disable-next-line no-await-in-loop -- where a member begins is known when the one before has ended
    const header = await memberHeader(packing, handle, at);
    if (header === "truncated") return truncated(part, sizeBytes);
    if (header === null) {
      // oxlint-disable-next-line no-await-in-loop -- ends the loop
      return (await isPadding(handle, at)) ? null : damaged(part, `${sizeBytes - at} bytes follow the packed data`);
    }
    // oxlint-disable-next-line no-await-in-loop -- one after another
    const member = await unpackMember(packing, source, at + header, target, options);
    if (member.problem !== null) return member.problem;
    at += header + member.packedBytes;
    if (packing === "zstd") continue;
    const trailer = Buffer.alloc(GZIP_TRAILER_BYTES);
    // oxlint-disable-next-line no-await-in-loop -- one after another
    const { bytesRead } = await handle.read(trailer, 0, trailer.length, at);
    if (bytesRead < trailer.length) return truncated(part, sizeBytes);
    if (trailer.readUInt32LE(0) !== member.checksum) return damaged(part, `checksum differs at byte ${at}`);
    at += GZIP_TRAILER_BYTES;
  }
  return null;
}

/** Bytes before a member's packed data; `null` where no member begins. */
async function memberHeader(
  packing: "gzip" | "zstd",
  handle: FileHandle,
  at: number,
): Promise<number | "truncated" | null> {
  const head = Buffer.alloc(packing === "gzip" ? 128 * 1024 : 4);
  const { bytesRead } = await handle.read(head, 0, head.length, at);
  const bytes = head.subarray(0, bytesRead);
  return packing === "gzip" ? gzipHeaderBytes(bytes) : isZstdFrame(bytes, 0) ? 0 : null;
}

interface Member {
  readonly packedBytes: number;
  readonly checksum: number;
  readonly problem: ArchiveProblem | null;
}

/**
 * A first try gives an error where data is missing or wrong, and loses what the decoder still held; a second one, without a
 * complaint about the end, then gets that too.
 */
async function unpackMember(
  packing: "gzip" | "zstd",
  source: PackedFile,
  at: number,
  target: WorkFile,
  options: PumpOptions,
): Promise<Member> {
  const beginsAt = target.bytes;
  const problem = await pump(source, at, strictDecoder(packing), target, options);
  if (!("code" in problem)) return { ...problem, problem: null };
  await target.rewind(beginsAt);
  const isShort = problem.code === "Z_BUF_ERROR";
  const again = await pump(source, at, lenientDecoder(packing, isShort), target, options);
  const packedBytes = "code" in again ? 0 : again.packedBytes;
  return {
    packedBytes,
    checksum: 0,
    problem: isShort ? truncated(source.part, source.sizeBytes) : damaged(source.part, problem.code),
  };
}

function strictDecoder(packing: "gzip" | "zstd"): Decoder {
  return packing === "gzip"
    ? createInflateRaw({ chunkSize: CHUNK_BYTES })
    : createZstdDecompress({ chunkSize: CHUNK_BYTES });
}

/** Where data is wrong, what the decoder holds at that moment is lost: little, with small steps. */
function lenientDecoder(packing: "gzip" | "zstd", isShort: boolean): Decoder {
  const steps = isShort ? { chunkSize: CHUNK_BYTES } : { chunkSize: 4_096, readableHighWaterMark: 1 };
  return packing === "gzip"
    ? createInflateRaw({ ...steps, finishFlush: constants.Z_SYNC_FLUSH })
    : createZstdDecompress({ ...steps, finishFlush: constants.ZSTD_e_flush });
}

type Decoder = Transform & { readonly bytesWritten: number };
type Pumped = { readonly packedBytes: number; readonly checksum: number } | { readonly code: string };

/** Sends the source from `at` through a decoder until that has seen its end. Resolves with the code of a decoder's error. */
function pump(
  { handle, sizeBytes }: PackedFile,
  at: number,
  decoder: Decoder,
  target: WorkFile,
  { signal, onRead }: PumpOptions,
): Promise<Pumped> {
  signal.throwIfAborted();
  if (at >= sizeBytes) return Promise.resolve({ code: "Z_BUF_ERROR" });
  let checksum = 0;
  let failure: { readonly code: string } | null = null;
  const sink = target.asWritable((chunk) => {
    checksum = crc32(chunk, checksum);
    onRead(at + decoder.bytesWritten);
  });
  return new Promise<Pumped>((resolve, reject) => {
    const stop = (): void => {
      signal.removeEventListener("abort", onAbort);
      decoder.destroy();
      sink.destroy();
    };
    const fail = (error: unknown): void => {
      stop();
      reject(error instanceof Error ? error : new Error("stopped", { cause: error }));
    };
    const onAbort = (): void => fail(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    sink.on("error", fail);
    decoder.on("error", (error: Error & { readonly code?: string }) => {
      failure = { code: error.code ?? error.message };
      // What was decoded before is still on its way to the file.
      sink.end();
    });
    sink.on("finish", () => {
      stop();
      resolve(failure ?? { packedBytes: decoder.bytesWritten, checksum });
    });
    decoder.pipe(sink);
    feed(decoder, handle, at, sizeBytes).catch(fail);
  });
}

/**
 * Gives the decoder one piece after another, and none once it has seen its end: that shows by bytes of a piece that it did not
 * take. A pipe would give it the next piece all the same, and Zstandard's would take that for the beginning of a frame.
 */
async function feed(decoder: Decoder, handle: FileHandle, start: number, sizeBytes: number): Promise<void> {
  let at = start;
  while (at < sizeBytes) {
    const piece = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, sizeBytes - at));
    // oxlint-disable-next-line no-await-in-loop -- one piece after another
    const { bytesRead } = await handle.read(piece, 0, piece.length, at);
    if (bytesRead === 0 || decoder.destroyed) break;
    at += bytesRead;
    // oxlint-disable-next-line no-await-in-loop -- one piece after another
    await new Promise<void>((taken) => decoder.write(piece.subarray(0, bytesRead), () => taken()));
    if (decoder.destroyed || decoder.bytesWritten < at - start) return;
  }
  if (!decoder.destroyed) decoder.end();
}

async function isPadding(handle: FileHandle, at: number): Promise<boolean> {
  const piece = Buffer.alloc(4_096);
  const { bytesRead } = await handle.read(piece, 0, piece.length, at);
  return piece.subarray(0, bytesRead).every((byte) => byte === 0);
}

/** The source ends at `atByte`, and should not. */
export function truncated(part: string, atByte: number): ArchiveProblem {
  return { part, error: new AppError("archive.truncated", { part, atByte }).toWire(), count: 1 };
}

export function damaged(part: string, problem: string): ArchiveProblem {
  return { part, error: new AppError("archive.damaged", { part, problem }).toWire(), count: 1 };
}
