import type { LogBatch } from "../../../../src-shared/model/log-batch.ts";

/** Rows `[from, to)` of a batch, with the file's number of each of the batch's streams. */
export interface RowSpan {
  readonly batch: LogBatch;
  readonly from: number;
  readonly to: number;
  readonly streamNumbers: Uint32Array;
}

export const GROUP_ROWS = 65_536;
/** Bytes of lines and of extras; a line that is larger has a row group of its own. */
export const GROUP_BYTES = 32 * 1024 * 1024;

/** The rows of the row group in the making. Batches are kept as they came until the group is written. */
export class RowGroupBuffer {
  #spans: RowSpan[] = [];
  rows = 0;
  lineBytes = 0;
  extraBytes = 0;

  get spans(): readonly RowSpan[] {
    return this.#spans;
  }

  get full(): boolean {
    return this.rows >= GROUP_ROWS || this.lineBytes + this.extraBytes >= GROUP_BYTES;
  }

  /** Takes rows from `from` on, as many as fit, at least one into an empty group. Answers with the first row that did not. */
  take(batch: LogBatch, from: number, to: number, streamNumbers: Uint32Array): number {
    let row = from;
    while (row < to && this.rows < GROUP_ROWS) {
      const line = (batch.lineOffsets[row + 1] ?? 0) - (batch.lineOffsets[row] ?? 0);
      const extra = (batch.extraOffsets[row + 1] ?? 0) - (batch.extraOffsets[row] ?? 0);
      if (this.rows > 0 && this.lineBytes + this.extraBytes + line + extra > GROUP_BYTES) break;
      this.rows += 1;
      this.lineBytes += line;
      this.extraBytes += extra;
      row += 1;
    }
    if (row > from) this.#spans.push({ batch, from, to: row, streamNumbers });
    return row;
  }

  clear(): void {
    this.#spans = [];
    this.rows = 0;
    this.lineBytes = 0;
    this.extraBytes = 0;
  }

  timestamps(): BigInt64Array {
    const answer = new BigInt64Array(this.rows);
    let at = 0;
    for (const { batch, from, to } of this.#spans) {
      answer.set(batch.timestampsNs.subarray(from, to), at);
      at += to - from;
    }
    return answer;
  }

  streamNumbers(): Uint32Array {
    const answer = new Uint32Array(this.rows);
    let at = 0;
    for (const { batch, from, to, streamNumbers } of this.#spans) {
      for (let row = from; row < to; row += 1) {
        answer[at] = streamNumbers[batch.streamRefs[row] ?? 0] ?? 0;
        at += 1;
      }
    }
    return answer;
  }
}
