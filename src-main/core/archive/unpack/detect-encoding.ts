import { isUtf8 } from "node:buffer";
import type { FileEncoding } from "../../../../src-shared/model/archive.ts";

/** Bytes that are enough to tell text from other things. */
const JUDGED_BYTES = 64 * 1024;

/** What a file's bytes are. `binary` is no text in any encoding that is read. */
export interface EncodingFound {
  readonly encoding: FileEncoding | "binary";
  /** Bytes of the byte order mark. */
  readonly markBytes: number;
}

/**
 * The encoding by a sample of the file (its beginning and pieces from elsewhere, each a piece of its own). UTF-8 stays UTF-8
 * with some bytes wrong; GBK is said only where the bytes are no UTF-8 and nearly all of them are common Chinese characters.
 */
export function detectEncoding(pieces: readonly Uint8Array[]): EncodingFound {
  const [head = new Uint8Array(0)] = pieces;
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return { encoding: "utf-8", markBytes: 3 };
  if (head[0] === 0xff && head[1] === 0xfe) return { encoding: "utf-16le", markBytes: 2 };
  if (head[0] === 0xfe && head[1] === 0xff) return { encoding: "utf-16be", markBytes: 2 };
  const judged = head.subarray(0, JUDGED_BYTES);
  const wide = utf16Order(judged);
  if (wide !== null) return { encoding: wide, markBytes: 0 };
  if (judged.length > 0 && isBinary(judged)) return { encoding: "binary", markBytes: 0 };
  return { encoding: looksLikeGbk(pieces) ? "gbk" : "utf-8", markBytes: 0 };
}

/** UTF-16 without a mark: one half of nearly all ASCII characters, of which every log has plenty, is zero. */
function utf16Order(bytes: Uint8Array): "utf-16le" | "utf-16be" | null {
  if (bytes.length < 4) return null;
  const pairs = bytes.length >> 1;
  let zeroFirst = 0;
  let zeroSecond = 0;
  let newlineBig = 0;
  let newlineLittle = 0;
  for (let i = 0; i < pairs; i++) {
    const first = bytes[2 * i];
    const second = bytes[2 * i + 1];
    if (first === 0 && second !== 0) {
      zeroFirst += 1;
      if (second === 10) newlineBig += 1;
    } else if (second === 0 && first !== 0) {
      zeroSecond += 1;
      if (first === 10) newlineLittle += 1;
    }
  }
  const enough = pairs * 0.1;
  if (zeroSecond > enough && zeroFirst * 20 < zeroSecond && (newlineLittle > 0 || zeroSecond > pairs * 0.9)) {
    return "utf-16le";
  }
  if (zeroFirst > enough && zeroSecond * 20 < zeroFirst && (newlineBig > 0 || zeroFirst > pairs * 0.9)) {
    return "utf-16be";
  }
  return null;
}

/**
 * More than a tenth are control characters that no log writes. A run of zeros counts as one: a crash, or a log that was cut
 * while it was written, leaves such runs in text.
 */
function isBinary(bytes: Uint8Array): boolean {
  let odd = 0;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] ?? 0;
    if (byte >= 32 ? byte === 127 : byte === 0 ? i === 0 || bytes[i - 1] !== 0 : !TEXT_CONTROLS.has(byte)) odd += 1;
  }
  return odd * 10 > bytes.length || bytes.every((byte) => byte === 0);
}

/** Backspace, tab, newline, form feed, carriage return, escape. */
const TEXT_CONTROLS: ReadonlySet<number> = new Set([8, 9, 10, 12, 13, 27]);

function looksLikeGbk(pieces: readonly Uint8Array[]): boolean {
  const wholes = pieces.map((piece, index) => wholeLines(piece, index === 0));
  if (wholes.every((whole) => isUtf8(whole))) return false;
  let invalid = 0;
  let valid = 0;
  let pairs = 0;
  let common = 0;
  let broken = 0;
  for (const whole of wholes) {
    for (let i = 0; i < whole.length;) {
      const byte = whole[i] ?? 0;
      if (byte < 0x80) {
        i += 1;
        continue;
      }
      const length = utf8Length(whole, i);
      if (length > 0) valid += 1;
      else invalid += 1;
      i += Math.max(1, length);
    }
    for (let i = 0; i < whole.length; i++) {
      const lead = whole[i] ?? 0;
      if (lead < 0x80) continue;
      const trail = whole[i + 1] ?? 0;
      if (lead === 0x80 || lead === 0xff || trail < 0x40 || trail === 0x7f || trail === 0xff) {
        broken += 1;
        continue;
      }
      pairs += 1;
      if (lead >= 0xa1 && lead <= 0xf7 && trail >= 0xa1) common += 1;
      i += 1;
    }
  }
  return invalid > valid && pairs > 0 && common >= pairs * 0.8 && broken * 50 <= pairs;
}

/** Of a piece, so that no character is cut at its ends. */
function wholeLines(piece: Uint8Array, isHead: boolean): Uint8Array {
  const start = isHead ? 0 : piece.indexOf(10) + 1;
  return piece.subarray(start, piece.lastIndexOf(10) + 1 || piece.length);
}

/** Bytes of the UTF-8 character at `at`; 0 where there is none. */
function utf8Length(bytes: Uint8Array, at: number): number {
  const lead = bytes[at] ?? 0;
  const length =
    lead >= 0xc2 && lead <= 0xdf ? 2 : lead >= 0xe0 && lead <= 0xef ? 3 : lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
  for (let i = 1; i < length; i++) if (((bytes[at + i] ?? 0) & 0xc0) !== 0x80) return 0;
  return length;
}
