import type { LogBatch } from "../../../src-shared/model/log-batch.ts";

/**
 * How far the rows of a tenant are taken, so that a second reading can go on behind the last one: rows come in the same
 * order each time.
 */
export class ImportPosition {
  rows = 0;
  lastNs: bigint | null = null;
  takenAtLast = 0;

  take({ timestampsNs, rowCount }: LogBatch): void {
    if (rowCount === 0) return;
    const last = timestampsNs[rowCount - 1] ?? 0n;
    let equal = 0;
    while (equal < rowCount && timestampsNs[rowCount - 1 - equal] === last) equal += 1;
    this.takenAtLast = equal + (equal === rowCount && this.lastNs === last ? this.takenAtLast : 0);
    this.lastNs = last;
    this.rows += rowCount;
  }
}

/** The rows from `first` on, in buffers of their own. */
export function rowsFrom(batch: LogBatch, first: number): LogBatch {
  const lineStart = batch.lineOffsets[first] ?? 0;
  const extraStart = batch.extraOffsets[first] ?? 0;
  return {
    rowCount: batch.rowCount - first,
    timestampsNs: batch.timestampsNs.slice(first, batch.rowCount),
    streams: batch.streams,
    streamRefs: batch.streamRefs.slice(first, batch.rowCount),
    lineOffsets: batch.lineOffsets.slice(first, batch.rowCount + 1).map((offset) => offset - lineStart),
    lineBytes: batch.lineBytes.slice(lineStart, batch.lineOffsets[batch.rowCount]),
    extraOffsets: batch.extraOffsets.slice(first, batch.rowCount + 1).map((offset) => offset - extraStart),
    extraBytes: batch.extraBytes.slice(extraStart, batch.extraOffsets[batch.rowCount]),
    levels: batch.levels.slice(first, batch.rowCount),
  };
}

/** Leaves out the first `skip` rows at `atNs` of batches that begin there. */
export class RowSkipper {
  readonly #atNs: bigint;
  #left: number;

  constructor(atNs: bigint, skip: number) {
    this.#atNs = atNs;
    this.#left = skip;
  }

  /** `null` when all of the batch was taken before. */
  rest(batch: LogBatch): LogBatch | null {
    let first = 0;
    while (this.#left > 0 && first < batch.rowCount && batch.timestampsNs[first] === this.#atNs) {
      first += 1;
      this.#left -= 1;
    }
    if (first === 0) return batch;
    return first === batch.rowCount ? null : rowsFrom(batch, first);
  }
}
