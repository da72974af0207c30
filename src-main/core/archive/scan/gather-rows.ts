import type { LabelSet } from "../../../../src-shared/model/labels.ts";
import type { LogBatch } from "../../../../src-shared/model/log-batch.ts";

/** Rows `[from, to)` of a batch. */
export interface RowRun {
  readonly batch: LogBatch;
  readonly from: number;
  to: number;
}

/** One batch of the rows of several, with buffers of its own; a run over a whole batch alone is that batch. */
export function gatherRows(runs: readonly RowRun[]): LogBatch {
  const [only] = runs;
  if (only !== undefined && runs.length === 1 && only.from === 0 && only.to === only.batch.rowCount) return only.batch;
  let rowCount = 0;
  let lineLength = 0;
  let extraLength = 0;
  for (const { batch, from, to } of runs) {
    rowCount += to - from;
    lineLength += (batch.lineOffsets[to] ?? 0) - (batch.lineOffsets[from] ?? 0);
    extraLength += (batch.extraOffsets[to] ?? 0) - (batch.extraOffsets[from] ?? 0);
  }
  const streams: LabelSet[] = [];
  const target: LogBatch = {
    rowCount,
    timestampsNs: new BigInt64Array(rowCount),
    streams,
    streamRefs: new Uint32Array(rowCount),
    lineOffsets: new Uint32Array(rowCount + 1),
    lineBytes: new Uint8Array(lineLength),
    extraOffsets: new Uint32Array(rowCount + 1),
    extraBytes: new Uint8Array(extraLength),
    levels: new Uint8Array(rowCount),
  };
  const numbers = new Map<LogBatch, Int32Array>();
  let at = 0;
  for (const { batch, from, to } of runs) {
    let known = numbers.get(batch);
    if (known === undefined) {
      known = new Int32Array(batch.streams.length).fill(-1);
      numbers.set(batch, known);
    }
    target.timestampsNs.set(batch.timestampsNs.subarray(from, to), at);
    target.levels.set(batch.levels.subarray(from, to), at);
    copyPieces(batch.lineBytes, batch.lineOffsets, from, to, target.lineBytes, target.lineOffsets, at);
    copyPieces(batch.extraBytes, batch.extraOffsets, from, to, target.extraBytes, target.extraOffsets, at);
    for (let row = from; row < to; row += 1) {
      const ref = batch.streamRefs[row] ?? 0;
      let number = known[ref] ?? -1;
      if (number < 0) {
        number = streams.push(batch.streams[ref] ?? {}) - 1;
        known[ref] = number;
      }
      target.streamRefs[at + row - from] = number;
    }
    at += to - from;
  }
  return target;
}

function copyPieces(
  bytes: Uint8Array,
  offsets: Uint32Array,
  from: number,
  to: number,
  targetBytes: Uint8Array,
  targetOffsets: Uint32Array,
  at: number,
): void {
  const start = offsets[from] ?? 0;
  const begin = targetOffsets[at] ?? 0;
  targetBytes.set(bytes.subarray(start, offsets[to] ?? 0), begin);
  for (let row = from; row < to; row += 1) targetOffsets[at + row - from + 1] = begin + (offsets[row + 1] ?? 0) - start;
}
