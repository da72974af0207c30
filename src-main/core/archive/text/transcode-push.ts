import type { FileHandle } from "node:fs/promises";
import type { ArchiveProblem } from "../../../../src-shared/model/archive.ts";
import type { WorkFile } from "../unpack/work-file.ts";
import { damaged, truncated } from "../unpack/unpack-stream.ts";
import { AppError } from "../../../../src-shared/errors/app-error.ts";
import { MAX_ENTRY_BYTES } from "./block-window.ts";
import { markBytes } from "./byte-order-mark.ts";
import { PushReader, type PushRow } from "./push-document.ts";

const PIECE_BYTES = 1024 * 1024;
/** What waits for the rest of a value is read again with each piece, so pieces grow with it. */
const FLUSH_BYTES = 1024 * 1024;

const TS = Buffer.from('{"ts":');
const LABELS = Buffer.from(',"labels":');
const METADATA = Buffer.from(',"metadata":');
const PARSED = Buffer.from(',"parsed":');
const LINE = Buffer.from(',"line":');
const END = Buffer.from("}\n");

/**
 * Writes push bodies as entries of one line each. Memory is bounded by the longest row, whatever the documents' size. What is
 * broken is passed over and told; a document that does not end is `archive.truncated`.
 */
export async function transcodePush(
  source: { readonly handle: FileHandle; readonly sizeBytes: number; readonly part: string },
  target: WorkFile,
  signal: AbortSignal,
): Promise<ArchiveProblem | null> {
  const { handle, sizeBytes, part } = source;
  let pieces: Buffer[] = [];
  let pending = 0;
  const put = (row: PushRow): void => {
    const added = [TS, row.ts, LABELS, row.labels];
    if (row.metadata !== null) added.push(METADATA, row.metadata);
    if (row.parsed !== null) added.push(PARSED, row.parsed);
    added.push(LINE, row.line, END);
    const line = oneLine(Buffer.concat(added));
    pieces.push(line);
    pending += line.length;
  };
  const flush = async (): Promise<void> => {
    const all = Buffer.concat(pieces);
    pieces = [];
    pending = 0;
    await target.write(all);
  };
  const reader = new PushReader(put);
  const mark = Buffer.alloc(3);
  await handle.read(mark, 0, mark.length, 0);
  for (let at = markBytes(mark); at < sizeBytes;) {
    signal.throwIfAborted();
    if (reader.waitingBytes > MAX_ENTRY_BYTES) {
      throw new AppError("archive.line-too-long", { part, limitBytes: MAX_ENTRY_BYTES });
    }
    const piece = Buffer.allocUnsafe(Math.min(sizeBytes - at, Math.max(PIECE_BYTES, reader.waitingBytes)));
    // oxlint-disable-next-line no-await-in-loop -- one piece after another
    const { bytesRead } = await handle.read(piece, 0, piece.length, at);
    if (bytesRead === 0) break;
    at += bytesRead;
    reader.feed(piece.subarray(0, bytesRead));
    // oxlint-disable-next-line no-await-in-loop -- back-pressure of the disk
    if (pending > FLUSH_BYTES) await flush();
  }
  await flush();
  if (reader.brokenAt !== null) return damaged(part, `no push body at byte ${reader.brokenAt}`);
  return reader.atRest ? null : truncated(part, sizeBytes);
}

/** White space of a document that runs over several lines; strings have no newlines of their own. */
function oneLine(row: Buffer): Buffer {
  for (const byte of [10, 13]) {
    for (let at = row.indexOf(byte); at >= 0 && at < row.length - 1; at = row.indexOf(byte, at + 1)) row[at] = 32;
  }
  return row;
}
