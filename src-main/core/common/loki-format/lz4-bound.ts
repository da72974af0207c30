import { ByteCursor } from "./byte-cursor.ts";
import type { Decompressed } from "./decompressed.ts";

/**
 * How many bytes an LZ4 frame can unpack to at most, from the sizes of its blocks (lz4 `doc/lz4_Frame_format.md`): the
 * library unpacks without a limit. Also finds a frame that lacks its end mark, which the library takes for whole.
 */
export function lz4FrameBound(
  bytes: Uint8Array,
): { readonly ok: true; readonly maxBytes: number } | (Decompressed & { readonly ok: false }) {
  const cursor = new ByteCursor(bytes);
  const magic = cursor.take(4);
  if (!Buffer.from([0x04, 0x22, 0x4d, 0x18]).equals(magic)) return { ok: false, atByte: 0, problem: "no LZ4 frame" };
  const flags = cursor.u8();
  const blockMaxBytes = 2 ** (8 + 2 * ((cursor.u8() >> 4) & 0x07));
  if (flags >> 6 !== 1) return { ok: false, atByte: 4, problem: "no known version of LZ4's frames" };
  if ((flags & 0x08) !== 0) cursor.take(8);
  if ((flags & 0x01) !== 0) cursor.take(4);
  cursor.u8();
  let maxBytes = 0;
  for (;;) {
    const at = cursor.at;
    const word = cursor.take(4);
    if (cursor.failed) return { ok: false, atByte: at, problem: "the frame has no end mark" };
    const size = new DataView(word.buffer, word.byteOffset, 4).getUint32(0, true);
    if (size === 0) break;
    const stored = size >= 0x8000_0000;
    const length = stored ? size - 0x8000_0000 : size;
    cursor.take(length);
    if ((flags & 0x10) !== 0) cursor.take(4);
    if (cursor.failed) return { ok: false, atByte: at, problem: "a block ends behind the data" };
    // A byte of LZ4 stands for at most 255 bytes.
    maxBytes += stored ? length : Math.min(blockMaxBytes, length * 255);
  }
  return { ok: true, maxBytes };
}
