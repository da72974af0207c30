import { basename } from "node:path";
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { crc32 } from "node:zlib";
import { AppError } from "../../../../src-shared/errors/app-error.ts";

const END_BYTES = 1_024;

/**
 * What tells a file of at least `fileBytes` from another one at its path: its number on disk, and CRC-32 of its first and last
 * bytes up to that size. What is appended later changes none of them.
 */
export function textFingerprint(descriptor: number, fileBytes: number): string {
  const { ino } = fstatSync(descriptor, { bigint: true });
  const piece = Buffer.alloc(Math.min(END_BYTES, fileBytes));
  const head = readSync(descriptor, piece, 0, piece.length, 0);
  const headSum = crc32(piece.subarray(0, head));
  const tail = readSync(descriptor, piece, 0, piece.length, fileBytes - piece.length);
  return `${ino}-${headSum.toString(16)}-${crc32(piece.subarray(0, tail)).toString(16)}`;
}

/** Opens a file as it was; throws `archive.changed` where it is gone, shorter or another one. The caller closes it. */
export function openUnchanged(file: string, fileBytes: number, fingerprint: string): number {
  let descriptor: number;
  try {
    descriptor = openSync(file, "r");
  } catch (error) {
    throw new AppError("archive.changed", { part: basename(file) }, { cause: error });
  }
  if (fstatSync(descriptor).size >= fileBytes && textFingerprint(descriptor, fileBytes) === fingerprint) {
    return descriptor;
  }
  closeSync(descriptor);
  throw new AppError("archive.changed", { part: basename(file) });
}
