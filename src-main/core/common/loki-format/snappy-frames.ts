import { crc32c } from "@node-rs/crc32";
import { uncompressSync } from "snappy";
import { ByteCursor } from "./byte-cursor.ts";
import type { Decompressed } from "./decompressed.ts";

/**
 * The framing format of snappy (github.com/google/snappy, `framing_format.txt`): frames of at most 64 KiB, each with a masked
 * CRC32C of its plain bytes, which is checked here.
 */
const IDENTIFIER = Buffer.from("sNaPpY", "latin1");
const FRAME_MAX_BYTES = 65_536;

function masked(checksum: number): number {
  return (((checksum >>> 15) | (checksum << 17)) + 0xa282ead8) >>> 0;
}

interface Frame {
  readonly at: number;
  readonly compressed: boolean;
  readonly checksum: number;
  readonly data: Uint8Array;
  readonly plainBytes: number;
}

type Walk = { readonly ok: true; readonly frames: readonly Frame[] } | (Decompressed & { readonly ok: false });

function fault(atByte: number, problem: string): Decompressed & { ok: false } {
  return { ok: false, atByte, problem };
}

function walk(bytes: Uint8Array): Walk {
  const frames: Frame[] = [];
  const cursor = new ByteCursor(bytes);
  while (cursor.left > 0) {
    const at = cursor.at;
    const type = cursor.u8();
    const length = cursor.u8() | (cursor.u8() << 8) | (cursor.u8() << 16);
    const body = cursor.take(length);
    if (cursor.failed) return fault(at, "a frame ends behind the data");
    if (type === 0xff) {
      if (!IDENTIFIER.equals(body)) return fault(at, "a stream identifier is wrong");
    } else if (frames.length === 0 && at === 0) {
      return fault(at, "there is no stream identifier");
    } else if (type <= 0x01) {
      if (length < 4) return fault(at, "a frame is too short");
      const checksum = new DataView(body.buffer, body.byteOffset, 4).getUint32(0, true);
      const data = body.subarray(4);
      const plainBytes = type === 0x01 ? data.length : new ByteCursor(data).uvarint();
      if (plainBytes > FRAME_MAX_BYTES) return fault(at, "a frame is too large");
      frames.push({ at, compressed: type === 0x00, checksum, data, plainBytes });
    } else if (type < 0x80) {
      return fault(at, `a frame has the unknown type ${type}`);
    }
  }
  return { ok: true, frames };
}

function plainFrame(frame: Frame): Uint8Array | null {
  if (!frame.compressed) return frame.data;
  if (frame.plainBytes === 0) return frame.data.length === 1 ? new Uint8Array(0) : null;
  try {
    const plain = uncompressSync(frame.data, { copyOutputData: true });
    return typeof plain === "string" ? null : plain;
  } catch {
    return null;
  }
}

/** Nothing is allocated before the frames' own lengths are known to be within `maxBytes`. */
export function decompressSnappyFrames(bytes: Uint8Array, maxBytes: number): Decompressed {
  const walked = walk(bytes);
  if (!walked.ok) return walked;
  const total = walked.frames.reduce((sum, frame) => sum + frame.plainBytes, 0);
  if (total > maxBytes) return { ok: false, tooLarge: true, atByte: 0, problem: `${total} bytes unpacked` };
  const only = walked.frames.length === 1;
  const plain = only ? null : new Uint8Array(total);
  let at = 0;
  for (const frame of walked.frames) {
    const part = plainFrame(frame);
    if (part === null || part.length !== frame.plainBytes) return fault(frame.at, "a frame does not decompress");
    if (masked(crc32c(part)) !== frame.checksum) return fault(frame.at, "a frame's own checksum is wrong");
    if (plain === null) return { ok: true, bytes: part };
    plain.set(part, at);
    at += part.length;
  }
  return { ok: true, bytes: plain ?? new Uint8Array(0) };
}
