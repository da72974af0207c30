import { isAscii } from "node:buffer";
import type { BlockRows } from "../archive-block.ts";

/** The lines of a block as strings; U+FFFD for bytes that are no UTF-8. */
export class RowTexts {
  readonly buffer: Buffer;
  readonly #rows: BlockRows;
  readonly #encoding: "latin1" | "utf8";

  constructor(rows: BlockRows) {
    this.#rows = rows;
    this.buffer = Buffer.from(rows.bytes.buffer, rows.bytes.byteOffset, rows.bytes.byteLength);
    // An ASCII text is the same in Latin-1, which needs no decoding.
    this.#encoding = isAscii(rows.bytes) ? "latin1" : "utf8";
  }

  of(row: number): string {
    return this.buffer.toString(this.#encoding, this.#rows.lineStarts[row], this.#rows.lineEnds[row]);
  }
}
