import { AppError } from "../../../../src-shared/errors/app-error.ts";
import type { LogBatch, RowExtra } from "../../../../src-shared/model/log-batch.ts";
import type { BlockRows } from "../archive-block.ts";

/**
 * All rows of a block as a batch. Nothing may be lost on the way.
 * @throws the block's first problem
 */
export function batchOfRows(rows: BlockRows): LogBatch {
  const lineOffsets = new Uint32Array(rows.rowCount + 1);
  const extraOffsets = new Uint32Array(rows.rowCount + 1);
  const extras: Buffer[] = [];
  for (let row = 0; row < rows.rowCount; row += 1) {
    const extra = extraOf(rows, row);
    extras.push(extra);
    extraOffsets[row + 1] = (extraOffsets[row] ?? 0) + extra.length;
    lineOffsets[row + 1] = (lineOffsets[row] ?? 0) + (rows.lineEnds[row] ?? 0) - (rows.lineStarts[row] ?? 0);
  }
  const lineBytes = new Uint8Array(lineOffsets[rows.rowCount] ?? 0);
  for (let row = 0; row < rows.rowCount; row += 1) {
    lineBytes.set(rows.bytes.subarray(rows.lineStarts[row], rows.lineEnds[row]), lineOffsets[row]);
  }
  const [problem] = rows.problems;
  if (problem !== undefined) {
    throw new AppError("archive.damaged", {
      part: problem.part,
      problem: String(problem.error.params["problem"] ?? ""),
    });
  }
  return {
    rowCount: rows.rowCount,
    timestampsNs: rows.timestampsNs,
    streams: rows.streams,
    streamRefs: rows.streamRefs,
    lineOffsets,
    lineBytes,
    extraOffsets,
    extraBytes: Buffer.concat(extras),
    levels: new Uint8Array(rows.rowCount),
  };
}

function extraOf(rows: BlockRows, row: number): Buffer {
  const metadata = rows.metadata?.(row);
  const parsed = rows.parsed?.(row);
  if (metadata === undefined && parsed === undefined) return Buffer.alloc(0);
  const extra: RowExtra = {
    ...(metadata === undefined ? {} : { m: metadata }),
    ...(parsed === undefined ? {} : { p: parsed }),
  };
  return Buffer.from(JSON.stringify(extra));
}
