import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { AppError } from "../../../../src-shared/errors/app-error.ts";
import { isAppError } from "../../../../src-shared/errors/app-error.ts";
import type { ObjectBytes } from "../../common/loki-format/object-bytes.ts";

/** Ingesters cut chunks at 1.5 MiB packed; some entries may be long. Nothing larger is taken for a chunk. */
export const OBJECT_MAX_BYTES = 256 * 1_048_576;

/** Objects up to this size are read at once: the ends of a larger one cost two reads. */
const WHOLE_READ_BYTES = 131_072;
const END_READ_BYTES = 65_536;

function errorCode(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : String(error);
}

function readAt(file: number, start: number, end: number): Uint8Array {
  const bytes = new Uint8Array(Math.max(0, end - start));
  let read = 0;
  while (read < bytes.length) {
    const more = readSync(file, bytes, read, bytes.length - read, start + read);
    if (more === 0) break;
    read += more;
  }
  return read === bytes.length ? bytes : bytes.subarray(0, read);
}

/** Keeps the last stretch that was read: a chunk's tail, table and data length lie close together. */
function endsOf(file: number, sizeBytes: number): ObjectBytes {
  let kept = { start: 0, bytes: readAt(file, 0, Math.min(sizeBytes, 16_384)) };
  const first = kept;
  let last: typeof kept | null = null;
  const within = (piece: typeof kept | null, start: number, end: number) =>
    piece !== null && start >= piece.start && end <= piece.start + piece.bytes.length
      ? piece.bytes.subarray(start - piece.start, end - piece.start)
      : null;
  return {
    sizeBytes,
    read: (from, to) => {
      const start = Math.max(0, Math.min(from, sizeBytes));
      const end = Math.max(start, Math.min(to, sizeBytes));
      const known = within(first, start, end) ?? within(last, start, end) ?? within(kept, start, end);
      if (known !== null) return known;
      if (start >= sizeBytes - END_READ_BYTES) {
        last = { start: sizeBytes - END_READ_BYTES, bytes: readAt(file, sizeBytes - END_READ_BYTES, sizeBytes) };
        return within(last, start, end) ?? new Uint8Array(0);
      }
      kept = { start, bytes: readAt(file, start, end) };
      return kept.bytes;
    },
  };
}

/**
 * Opens a chunk object on disk for one visit; `whole` is all of it where that is no more work than its ends. Rejects with
 * `archive.changed` where it is gone, and with `files.unreadable`.
 */
export function visitChunkFile<Answer>(
  path: string,
  part: string,
  visit: (source: ObjectBytes, whole: Uint8Array | null) => Answer,
): Answer {
  let file: number | null = null;
  try {
    file = openSync(path, "r");
    const { size } = fstatSync(file);
    if (size > WHOLE_READ_BYTES) return visit(endsOf(file, size), null);
    const whole = readAt(file, 0, size);
    return visit({ sizeBytes: whole.length, read: (start, end) => whole.subarray(Math.max(0, start), end) }, whole);
  } catch (error) {
    if (isAppError(error)) throw error;
    if (errorCode(error) === "ENOENT") throw new AppError("archive.changed", { part }, { cause: error });
    throw new AppError("files.unreadable", { file: path.slice(0, 1_000), problem: errorCode(error) }, { cause: error });
  } finally {
    if (file !== null) closeSync(file);
  }
}

/** All of a chunk object. The same errors, and `archive.damaged` for what no ingester writes. */
export function readChunkFile(path: string, part: string, maxBytes: number): Uint8Array {
  return visitChunkFile(path, part, (source, whole) => {
    if (source.sizeBytes > maxBytes) {
      throw new AppError("archive.damaged", { part, problem: `${source.sizeBytes} bytes are too many for a chunk` });
    }
    return whole ?? source.read(0, source.sizeBytes);
  });
}
