import { crc32 } from "node:zlib";

/**
 * A segment file: eight bytes of magic, then frames: length of the payload and its CRC-32, each 32 bits little-endian, and
 * the payload (see `RoundEncoder`). It is only ever appended to, so that whatever ends the program leaves whole frames and
 * at most one that is torn.
 */
export const SEGMENT_MAGIC = Buffer.from("KMHIST1\n", "latin1");
const HEADER_BYTES = 8;
const MAX_FRAME_BYTES = 256 * 2 ** 20;

export function frameOf(payload: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(HEADER_BYTES + payload.length);
  frame.writeUInt32LE(payload.length, 0);
  frame.writeUInt32LE(crc32(payload), 4);
  frame.set(payload, HEADER_BYTES);
  return frame;
}

/** Size of a segment that holds these payloads. */
export function bytesOf(payloads: readonly Uint8Array[]): number {
  return payloads.reduce((sum, { length }) => sum + HEADER_BYTES + length, SEGMENT_MAGIC.length);
}

export interface SegmentScan {
  readonly payloads: readonly Buffer[];
  /** Up to here it is whole. */
  readonly goodBytes: number;
  /** `torn`: it ends within a frame. `damaged`: bytes are not as they were written, or it is no segment. */
  readonly state: "whole" | "torn" | "damaged";
}

export function scanSegment(file: Buffer): SegmentScan {
  const magic = file.subarray(0, SEGMENT_MAGIC.length);
  if (!magic.equals(SEGMENT_MAGIC.subarray(0, magic.length))) return { payloads: [], goodBytes: 0, state: "damaged" };
  if (magic.length < SEGMENT_MAGIC.length) return { payloads: [], goodBytes: 0, state: "torn" };
  const payloads: Buffer[] = [];
  let at = SEGMENT_MAGIC.length;
  while (at < file.length) {
    if (file.length - at < HEADER_BYTES) return { payloads, goodBytes: at, state: "torn" };
    const length = file.readUInt32LE(at);
    if (length === 0 || length > MAX_FRAME_BYTES) return { payloads, goodBytes: at, state: "damaged" };
    const end = at + HEADER_BYTES + length;
    if (end > file.length) return { payloads, goodBytes: at, state: "torn" };
    const payload = file.subarray(at + HEADER_BYTES, end);
    if (crc32(payload) !== file.readUInt32LE(at + 4)) return { payloads, goodBytes: at, state: "damaged" };
    payloads.push(payload);
    at = end;
  }
  return { payloads, goodBytes: at, state: "whole" };
}
