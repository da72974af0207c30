import type { BlockRows } from "../archive-block.ts";
import { metadataKey } from "./row-identity.ts";

/** Tells equal rows of one block: same stream, time, line and metadata. Rows of one time are asked about one after the other. */
export class DuplicateCheck {
  readonly #rows: BlockRows;
  readonly #buffer: Buffer;
  #timestampNs: bigint | null = null;
  #kept: number[] = [];

  constructor(rows: BlockRows, buffer: Buffer) {
    this.#rows = rows;
    this.#buffer = buffer;
  }

  /** Whether an equal row was asked about before. */
  isRepeated(row: number): boolean {
    const time = this.#rows.timestampsNs[row] ?? 0n;
    if (time !== this.#timestampNs) {
      this.#timestampNs = time;
      this.#kept = [row];
      return false;
    }
    if (this.#kept.some((other) => this.#areEqual(row, other))) return true;
    this.#kept.push(row);
    return false;
  }

  #areEqual(left: number, right: number): boolean {
    const { streamRefs, lineStarts, lineEnds, metadata } = this.#rows;
    if (streamRefs[left] !== streamRefs[right]) return false;
    const [from, to] = [lineStarts[left] ?? 0, lineEnds[left] ?? 0];
    const [otherFrom, otherTo] = [lineStarts[right] ?? 0, lineEnds[right] ?? 0];
    if (to - from !== otherTo - otherFrom) return false;
    if (this.#buffer.compare(this.#buffer, otherFrom, otherTo, from, to) !== 0) return false;
    return metadata === null || metadataKey(metadata(left)) === metadataKey(metadata(right));
  }
}
