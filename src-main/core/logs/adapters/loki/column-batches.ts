import type { LogBatch } from "../../../../../src-shared/model/log-batch.ts";

export function timeAt(batch: LogBatch, row: number): bigint {
  const at = batch.timestampsNs[row];
  if (at === undefined) throw new RangeError(`row ${row} of ${batch.rowCount}`);
  return at;
}

export function batchBytes(batch: LogBatch): number {
  return batch.lineBytes.byteLength + batch.extraBytes.byteLength + batch.rowCount * (8 + 4 + 4 + 4 + 1);
}

/** Rows `[from, to)` as a batch with buffers of its own. The whole batch is given back as it is. */
export function sliceRows(batch: LogBatch, from: number, to: number): LogBatch {
  if (from === 0 && to === batch.rowCount) return batch;
  const lineStart = batch.lineOffsets[from] ?? 0;
  const extraStart = batch.extraOffsets[from] ?? 0;
  return {
    rowCount: to - from,
    timestampsNs: batch.timestampsNs.slice(from, to),
    streams: batch.streams,
    streamRefs: batch.streamRefs.slice(from, to),
    lineOffsets: batch.lineOffsets.slice(from, to + 1).map((offset) => offset - lineStart),
    lineBytes: batch.lineBytes.slice(lineStart, batch.lineOffsets[to] ?? 0),
    extraOffsets: batch.extraOffsets.slice(from, to + 1).map((offset) => offset - extraStart),
    extraBytes: batch.extraBytes.slice(extraStart, batch.extraOffsets[to] ?? 0),
    levels: batch.levels.slice(from, to),
  };
}

/** A copy that shares nothing, because whoever gets a batch may transfer its buffers away. */
export function copyBatch(batch: LogBatch): LogBatch {
  return {
    rowCount: batch.rowCount,
    timestampsNs: batch.timestampsNs.slice(),
    streams: batch.streams,
    streamRefs: batch.streamRefs.slice(),
    lineOffsets: batch.lineOffsets.slice(),
    lineBytes: batch.lineBytes.slice(),
    extraOffsets: batch.extraOffsets.slice(),
    extraBytes: batch.extraBytes.slice(),
    levels: batch.levels.slice(),
  };
}

/** The rows of `keep` only, in their order. */
export function pickRows(batch: LogBatch, keep: readonly number[]): LogBatch {
  if (keep.length === batch.rowCount) return batch;
  const lineOffsets = new Uint32Array(keep.length + 1);
  const extraOffsets = new Uint32Array(keep.length + 1);
  keep.forEach((row, index) => {
    lineOffsets[index + 1] = (lineOffsets[index] ?? 0) + lengthAt(batch.lineOffsets, row);
    extraOffsets[index + 1] = (extraOffsets[index] ?? 0) + lengthAt(batch.extraOffsets, row);
  });
  const lineBytes = new Uint8Array(lineOffsets[keep.length] ?? 0);
  const extraBytes = new Uint8Array(extraOffsets[keep.length] ?? 0);
  keep.forEach((row, index) => {
    lineBytes.set(batch.lineBytes.subarray(batch.lineOffsets[row], batch.lineOffsets[row + 1]), lineOffsets[index]);
    extraBytes.set(
      batch.extraBytes.subarray(batch.extraOffsets[row], batch.extraOffsets[row + 1]),
      extraOffsets[index],
    );
  });
  return {
    rowCount: keep.length,
    timestampsNs: BigInt64Array.from(keep, (row) => timeAt(batch, row)),
    streams: batch.streams,
    streamRefs: Uint32Array.from(keep, (row) => batch.streamRefs[row] ?? 0),
    lineOffsets,
    lineBytes,
    extraOffsets,
    extraBytes,
    levels: Uint8Array.from(keep, (row) => batch.levels[row] ?? 0),
  };
}

/** The first row, from the end, of the run of rows that share the last row's time. */
export function lastRunStart(batch: LogBatch): number {
  let row = batch.rowCount - 1;
  const last = timeAt(batch, row);
  while (row > 0 && timeAt(batch, row - 1) === last) row--;
  return row;
}

const decoder = new TextDecoder();

export function lineText(batch: LogBatch, row: number): string {
  return decoder.decode(batch.lineBytes.subarray(batch.lineOffsets[row], batch.lineOffsets[row + 1]));
}

export function extraJson(batch: LogBatch, row: number): string {
  return decoder.decode(batch.extraBytes.subarray(batch.extraOffsets[row], batch.extraOffsets[row + 1]));
}

function lengthAt(offsets: Uint32Array, row: number): number {
  return (offsets[row + 1] ?? 0) - (offsets[row] ?? 0);
}
