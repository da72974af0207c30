import { foldAscii } from "../../common/ascii-fold.ts";
import type { PackedRows } from "../result-set/packed-rows.ts";

const KEEP_BYTES = 16 * 2 ** 20;

/** Buffers that a worker uses again for each segment. */
export class ScanScratch {
  #file = Buffer.allocUnsafeSlow(0);
  #folded = Buffer.allocUnsafeSlow(0);

  /** Room for a spilled segment; at the beginning of its own memory, so that typed arrays may lie over it. */
  forFile(length: number): Buffer<ArrayBuffer> {
    if (length > KEEP_BYTES) return Buffer.allocUnsafeSlow(length);
    if (length > this.#file.length) this.#file = Buffer.allocUnsafeSlow(length);
    return this.#file.subarray(0, length);
  }

  /** The line bytes with ASCII capitals made small. */
  foldedLines(rows: PackedRows): Buffer {
    const length = rows.lines.length;
    // As far from a word's beginning as the source, so that whole words can be copied.
    const skew = rows.lines.byteOffset & 3;
    let target = this.#folded;
    if (length + skew > target.length) {
      target = Buffer.allocUnsafeSlow(length + skew);
      if (length <= KEEP_BYTES) this.#folded = target;
    }
    const folded = target.subarray(skew, skew + length);
    foldAscii(rows.lines, folded);
    return folded;
  }
}
