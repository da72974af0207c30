import type { LabelSet } from "../../src-shared/model/labels.ts";
import type { LogBatch, RowExtra } from "../../src-shared/model/log-batch.ts";
import { LOG_LEVELS, type LogLevel } from "../../src-shared/model/log-level.ts";

/** One row as a test writes it. A line given as bytes need not be UTF-8. */
export interface PlainRow {
  readonly timestampNs: bigint;
  readonly labels: LabelSet;
  readonly line: string | Uint8Array;
  readonly level?: LogLevel;
  readonly metadata?: LabelSet;
  readonly parsed?: LabelSet;
}

/** Rows as the columns that a source yields. */
export function logBatch(rows: readonly PlainRow[]): LogBatch {
  const streams: LabelSet[] = [];
  const numbers = new Map<string, number>();
  const lines = rows.map((row) => (typeof row.line === "string" ? Buffer.from(row.line) : Buffer.from(row.line)));
  const extras = rows.map((row) => {
    const extra: RowExtra = {
      ...(row.metadata === undefined ? {} : { m: row.metadata }),
      ...(row.parsed === undefined ? {} : { p: row.parsed }),
    };
    return Object.keys(extra).length === 0 ? Buffer.alloc(0) : Buffer.from(JSON.stringify(extra));
  });
  const streamRefs = rows.map((row) => {
    const key = JSON.stringify(row.labels);
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, streams.length);
    streams.push(row.labels);
    return streams.length - 1;
  });
  return {
    rowCount: rows.length,
    timestampsNs: BigInt64Array.from(rows, (row) => row.timestampNs),
    streams,
    streamRefs: Uint32Array.from(streamRefs),
    lineOffsets: offsets(lines),
    lineBytes: Buffer.concat(lines),
    extraOffsets: offsets(extras),
    extraBytes: Buffer.concat(extras),
    levels: Uint8Array.from(rows, (row) => LOG_LEVELS.indexOf(row.level ?? "unknown")),
  };
}

function offsets(pieces: readonly Buffer[]): Uint32Array {
  const answer = new Uint32Array(pieces.length + 1);
  for (const [index, piece] of pieces.entries()) answer[index + 1] = (answer[index] ?? 0) + piece.length;
  return answer;
}
