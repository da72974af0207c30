import type { LabelSet } from "../../../../../src-shared/model/labels.ts";
import { levelFromLine, LINE_LEVEL_CHARACTERS } from "../../../../../src-shared/model/line-level.ts";
import type { LogBatch } from "../../../../../src-shared/model/log-batch.ts";
import { levelFromLabels, LOG_LEVELS, UNKNOWN_LEVEL } from "../../../../../src-shared/model/log-level.ts";
import type { Direction } from "../../../../../src-shared/model/log-query.ts";

/**
 * The rows of one answer before they are put in order: what the scanner and the JSON reader both give. Rows stand stream
 * by stream, as Loki sent them; lines and extras are still in the answer and written out only once, in their last place.
 */
export interface PageTable {
  readonly rowCount: number;
  readonly timestampsNs: BigInt64Array;
  readonly streamRefs: Uint32Array;
  readonly streams: readonly LabelSet[];
  /** Upper bounds in bytes of all lines, and of all extras. */
  readonly lineBound: number;
  readonly extraBound: number;
  /** Writes a row's line at an offset and answers with the offset after it. */
  writeLine(row: number, out: Buffer, at: number): number;
  /** Likewise for `LogBatch.extraBytes`. */
  writeExtra(row: number, out: Buffer, at: number): number;
  /** The level that metadata or parsed labels state, as an index into `LOG_LEVELS`; -1 for none. */
  statedLevel(row: number): number;
}

/** Rows in one order of time. Rows of equal time keep the order in which Loki sent them. */
export function orderedBatch(table: PageTable, direction: Direction): LogBatch {
  const { rowCount, streams } = table;
  const order = timeOrder(table.timestampsNs, direction);
  const timestampsNs = new BigInt64Array(rowCount);
  const streamRefs = new Uint32Array(rowCount);
  const lineOffsets = new Uint32Array(rowCount + 1);
  const extraOffsets = new Uint32Array(rowCount + 1);
  const levels = new Uint8Array(rowCount);
  const streamLevels = streams.map(streamLevel);
  // Not from the shared pool: the buffers are transferred.
  const lines = Buffer.allocUnsafeSlow(table.lineBound);
  const extras = Buffer.allocUnsafeSlow(table.extraBound);
  let lineEnd = 0;
  let extraEnd = 0;
  for (let row = 0; row < rowCount; row++) {
    const from = order === null ? row : (order[row] ?? 0);
    const stream = table.streamRefs[from] ?? 0;
    timestampsNs[row] = table.timestampsNs[from] ?? 0n;
    streamRefs[row] = stream;
    const lineStart = lineEnd;
    lineEnd = table.writeLine(from, lines, lineEnd);
    lineOffsets[row + 1] = lineEnd;
    extraEnd = table.writeExtra(from, extras, extraEnd);
    extraOffsets[row + 1] = extraEnd;
    let level = streamLevels[stream] ?? -1;
    if (level < 0) level = table.statedLevel(from);
    if (level < 0) level = lineLevel(lines, lineStart, lineEnd);
    levels[row] = level;
  }
  return {
    rowCount,
    timestampsNs,
    streams,
    streamRefs,
    lineOffsets,
    lineBytes: trimmed(lines, lineEnd),
    extraOffsets,
    extraBytes: trimmed(extras, extraEnd),
    levels,
  };
}

/** Row numbers in query order; `null` when they stand in it already. */
function timeOrder(timestampsNs: BigInt64Array, direction: Direction): Uint32Array | null {
  const count = timestampsNs.length;
  if (count === 0) return null;
  const sign = direction === "forward" ? 1 : -1;
  const first = timestampsNs[0] ?? 0n;
  let smallest = first;
  let largest = first;
  let sorted = true;
  let previous = first;
  for (const at of timestampsNs) {
    if (at < smallest) smallest = at;
    if (at > largest) largest = at;
    if (sign > 0 ? at < previous : at > previous) sorted = false;
    previous = at;
  }
  if (sorted) return null;
  const order = new Uint32Array(count);
  for (let row = 0; row < count; row++) order[row] = row;
  if (largest - smallest < BigInt(Number.MAX_SAFE_INTEGER)) {
    const keys = new Float64Array(count);
    for (let row = 0; row < count; row++) keys[row] = sign * Number((timestampsNs[row] ?? 0n) - smallest);
    return order.sort((a, b) => (keys[a] ?? 0) - (keys[b] ?? 0) || a - b);
  }
  return order.sort((a, b) => {
    const left = timestampsNs[a] ?? 0n;
    const right = timestampsNs[b] ?? 0n;
    if (left === right) return a - b;
    return left < right ? -sign : sign;
  });
}

function streamLevel(labels: LabelSet): number {
  const level = levelFromLabels(labels);
  return level === null ? -1 : LOG_LEVELS.indexOf(level);
}

function lineLevel(lines: Buffer, start: number, end: number): number {
  const level = levelFromLine(lines.toString("latin1", start, Math.min(end, start + LINE_LEVEL_CHARACTERS)));
  return level === null ? UNKNOWN_LEVEL : LOG_LEVELS.indexOf(level);
}

/** The used part in a buffer of its own, unless little would be saved. */
function trimmed(bytes: Buffer, length: number): Uint8Array {
  if (length > bytes.byteLength * 0.75) return new Uint8Array(bytes.buffer, bytes.byteOffset, length);
  return new Uint8Array(bytes.subarray(0, length));
}
