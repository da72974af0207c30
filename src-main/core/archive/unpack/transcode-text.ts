import type { FileHandle } from "node:fs/promises";
import type { FileEncoding } from "../../../../src-shared/model/archive.ts";
import type { WorkFile } from "./work-file.ts";

const PIECE_BYTES = 256 * 1024;

/**
 * Writes a file again as UTF-8, without its byte order mark, piece by piece. Answers how many characters could not be read;
 * they are U+FFFD.
 */
export async function transcodeText(
  source: FileHandle,
  encoding: Exclude<FileEncoding, "utf-8">,
  markBytes: number,
  target: WorkFile,
  signal: AbortSignal,
): Promise<number> {
  const decoder = new TextDecoder(encoding, { ignoreBOM: true });
  const encoder = new TextEncoder();
  const piece = Buffer.alloc(PIECE_BYTES);
  let unreadable = 0;
  for (let at = markBytes; ;) {
    signal.throwIfAborted();
    // oxlint-disable-next-line no-await-in-loop -- one piece after another
    const { bytesRead } = await source.read(piece, 0, piece.length, at);
    at += bytesRead;
    const text = decoder.decode(piece.subarray(0, bytesRead), { stream: bytesRead > 0 });
    for (let found = text.indexOf("\ufffd"); found >= 0; found = text.indexOf("\ufffd", found + 1)) unreadable += 1;
    // oxlint-disable-next-line no-await-in-loop -- one piece after another
    await target.write(encoder.encode(text));
    if (bytesRead === 0) return unreadable;
  }
}
