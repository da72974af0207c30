import type { FileHandle } from "node:fs/promises";
import { withoutReturn } from "./block-window.ts";
import { markBytes } from "./byte-order-mark.ts";

const HEAD_BYTES = 1024 * 1024;
const PIECE_BYTES = 64 * 1024;
const PIECES = 8;
const MAX_HEAD_LINES = 1_000;
const MAX_PIECE_LINES = 100;

export interface SampleLine {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
  /** Whether the sample has the line to its end. */
  readonly whole: boolean;
}

/** What a file is judged by: its beginning without a UTF-8 byte order mark, pieces (it among them, with its mark) spread over the rest with its end among them. */
export interface TextSample {
  readonly head: Buffer;
  readonly pieces: readonly Buffer[];
  /** Whether the beginning is the whole file. */
  readonly whole: boolean;
}

export async function readSample(handle: FileHandle, sizeBytes: number): Promise<TextSample> {
  const head = await readPiece(handle, 0, Math.min(HEAD_BYTES, sizeBytes));
  const rest = sizeBytes - head.length;
  const count = rest > 0 ? PIECES : 0;
  const pieces = [head];
  for (let piece = 1; piece <= count; piece++) {
    const length = Math.min(PIECE_BYTES, rest);
    const at = head.length + Math.floor(((rest - length) * piece) / count);
    // oxlint-disable-next-line no-await-in-loop -- a handful
    pieces.push(await readPiece(handle, at, length));
  }
  return { head: head.subarray(markBytes(head)), pieces, whole: rest <= 0 };
}

/** The first lines that are not empty, without line ends. The first line of a later piece is left out: it may be cut. */
export function sampleLines(piece: Buffer, isHead: boolean, wholeFile: boolean): SampleLine[] {
  const lines: SampleLine[] = [];
  const most = isHead ? MAX_HEAD_LINES : MAX_PIECE_LINES;
  let at = isHead ? 0 : piece.indexOf(10) + 1;
  while (at < piece.length && lines.length < most) {
    const newline = piece.indexOf(10, at);
    const whole = newline >= 0 || wholeFile;
    // A line that the sample cuts tells something only where there is no other.
    if (!whole && lines.length > 0) break;
    const end = withoutReturn(piece, at, newline < 0 ? piece.length : newline);
    if (!isBlank(piece, at, end)) lines.push({ bytes: piece, start: at, end, whole });
    if (newline < 0) break;
    at = newline + 1;
  }
  return lines;
}

/** A line for a person to see, cut to 200 characters. */
export function exampleOf({ bytes, start, end }: SampleLine): string {
  return bytes.toString("utf8", start, Math.min(end, start + 800)).slice(0, 200);
}

async function readPiece(handle: FileHandle, at: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await handle.read(buffer, 0, length, at);
  return buffer.subarray(0, bytesRead);
}

function isBlank(bytes: Uint8Array, start: number, end: number): boolean {
  for (let p = start; p < end; p++) if (bytes[p] !== 32 && bytes[p] !== 9) return false;
  return true;
}
