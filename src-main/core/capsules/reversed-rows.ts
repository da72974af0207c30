import type { LogBatch } from "../../../src-shared/model/log-batch.ts";

/** The same rows, last first, in buffers of their own. */
export function reversedRows(batch: LogBatch): LogBatch {
  const lines = reversedPieces(batch.lineBytes, batch.lineOffsets, batch.rowCount);
  const extras = reversedPieces(batch.extraBytes, batch.extraOffsets, batch.rowCount);
  return {
    rowCount: batch.rowCount,
    timestampsNs: batch.timestampsNs.subarray(0, batch.rowCount).toReversed(),
    streams: batch.streams,
    streamRefs: batch.streamRefs.subarray(0, batch.rowCount).toReversed(),
    lineOffsets: lines.offsets,
    lineBytes: lines.bytes,
    extraOffsets: extras.offsets,
    extraBytes: extras.bytes,
    levels: batch.levels.subarray(0, batch.rowCount).toReversed(),
  };
}

function reversedPieces(
  bytes: Uint8Array,
  offsets: Uint32Array,
  count: number,
): { readonly bytes: Uint8Array; readonly offsets: Uint32Array } {
  const start = offsets[0] ?? 0;
  const end = offsets[count] ?? start;
  const reversed = new Uint8Array(end - start);
  const reversedOffsets = new Uint32Array(count + 1);
  let at = 0;
  for (let row = count - 1; row >= 0; row--) {
    const piece = bytes.subarray(offsets[row], offsets[row + 1]);
    reversed.set(piece, at);
    at += piece.length;
    reversedOffsets[count - row] = at;
  }
  return { bytes: reversed, offsets: reversedOffsets };
}
