import type { LabelSet } from "../../../src-shared/model/labels.ts";
import type { LogBatch } from "../../../src-shared/model/log-batch.ts";

/** A row by itself, for the few places where a handful of rows is put in order. `extra` is as in `LogBatch`. */
export interface LooseRow {
  readonly timestampNs: bigint;
  readonly labels: LabelSet;
  readonly line: Buffer;
  readonly extra: Buffer;
  readonly level: number;
}

export function looseRows(batch: LogBatch): LooseRow[] {
  const piece = (bytes: Uint8Array, offsets: Uint32Array, row: number) =>
    Buffer.from(bytes.subarray(offsets[row] ?? 0, offsets[row + 1] ?? 0));
  return Array.from({ length: batch.rowCount }, (_, row) => ({
    timestampNs: batch.timestampsNs[row] ?? 0n,
    labels: batch.streams[batch.streamRefs[row] ?? 0] ?? {},
    line: piece(batch.lineBytes, batch.lineOffsets, row),
    extra: piece(batch.extraBytes, batch.extraOffsets, row),
    level: batch.levels[row] ?? 0,
  }));
}

export function batchOf(rows: readonly LooseRow[]): LogBatch {
  const lines = rows.map(({ line }) => line);
  const extras = rows.map(({ extra }) => extra);
  const streams: LabelSet[] = [];
  const numbers = new Map<LabelSet, number>();
  const streamRefs = Uint32Array.from(rows, ({ labels }) => {
    const known = numbers.get(labels);
    if (known !== undefined) return known;
    numbers.set(labels, streams.length);
    return streams.push(labels) - 1;
  });
  return {
    rowCount: rows.length,
    timestampsNs: BigInt64Array.from(rows, ({ timestampNs }) => timestampNs),
    streams,
    streamRefs,
    lineOffsets: offsetsOf(lines),
    lineBytes: Buffer.concat(lines),
    extraOffsets: offsetsOf(extras),
    extraBytes: Buffer.concat(extras),
    levels: Uint8Array.from(rows, ({ level }) => level),
  };
}

function offsetsOf(pieces: readonly Buffer[]): Uint32Array {
  const offsets = new Uint32Array(pieces.length + 1);
  for (const [index, piece] of pieces.entries()) offsets[index + 1] = (offsets[index] ?? 0) + piece.length;
  return offsets;
}
