import type { LogPipeline, StreamPipeline } from "../../../../../src-shared/logql/log-pipeline.ts";
import type { LabelSet } from "../../../../../src-shared/model/labels.ts";
import type { LogBatch } from "../../../../../src-shared/model/log-batch.ts";
import {
  LOG_LEVELS,
  levelFromLabels,
  levelFromWord,
  UNKNOWN_LEVEL,
} from "../../../../../src-shared/model/log-level.ts";
import type { NanoTime } from "../../../../../src-shared/model/nano-time.ts";
import type { PodStream } from "./pod-streams.ts";

/** A line that passed the query. */
export interface PodRow {
  readonly timestampNs: NanoTime;
  readonly bytes: Uint8Array;
  readonly stream: LabelSet;
  readonly parsed: LabelSet;
  readonly level: number;
}

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** Loki and most Go programs write logfmt or JSON with one of these; the level is near the beginning. */
const LEVEL_IN_LINE = /(?:^|[\s{,])"?(?:level|lvl|severity)"?\s*[=:]\s*"?([A-Za-z]+)/;
const LEVEL_WITHIN_CHARACTERS = 512;

/** Runs the query over the lines of one stream, one after the other. */
export class RowFilter {
  readonly #run: StreamPipeline;

  constructor(pipeline: LogPipeline, stream: PodStream) {
    this.#run = pipeline.forStream(stream.labels);
  }

  /** `null` for a line that the query leaves out. */
  row(timestampNs: NanoTime, bytes: Uint8Array): PodRow | null {
    const text = decoder.decode(bytes);
    if (!this.#run.process(timestampNs, text)) return null;
    const { stream, parsed } = this.#run.result();
    const { line } = this.#run;
    // A line that no stage changed stays byte for byte what it was, valid UTF-8 or not.
    // It is copied: a few rows must not keep whole pieces of the network's alive.
    const kept = line === text ? new Uint8Array(bytes) : encoder.encode(line);
    return { timestampNs, bytes: kept, stream, parsed, level: levelOf(stream, parsed, text) };
  }
}

function levelOf(stream: LabelSet, parsed: LabelSet, text: string): number {
  const word = LEVEL_IN_LINE.exec(text.slice(0, LEVEL_WITHIN_CHARACTERS))?.[1];
  const level = levelFromLabels(stream) ?? levelFromLabels(parsed) ?? (word === undefined ? null : levelFromWord(word));
  return level === null ? UNKNOWN_LEVEL : LOG_LEVELS.indexOf(level);
}

/** Rows as the columns that a source yields. */
export function batchOfRows(rows: readonly PodRow[]): LogBatch {
  const streams: LabelSet[] = [];
  const numbers = new Map<LabelSet, number>();
  const streamRefs = new Uint32Array(rows.length);
  const lineOffsets = new Uint32Array(rows.length + 1);
  const extraOffsets = new Uint32Array(rows.length + 1);
  const extras = rows.map(({ parsed }) =>
    Object.keys(parsed).length === 0 ? null : encoder.encode(JSON.stringify({ p: parsed })),
  );
  rows.forEach((row, index) => {
    let number = numbers.get(row.stream);
    if (number === undefined) {
      number = streams.length;
      numbers.set(row.stream, number);
      streams.push(row.stream);
    }
    streamRefs[index] = number;
    lineOffsets[index + 1] = (lineOffsets[index] ?? 0) + row.bytes.length;
    extraOffsets[index + 1] = (extraOffsets[index] ?? 0) + (extras[index]?.length ?? 0);
  });
  const lineBytes = new Uint8Array(lineOffsets[rows.length] ?? 0);
  const extraBytes = new Uint8Array(extraOffsets[rows.length] ?? 0);
  rows.forEach((row, index) => lineBytes.set(row.bytes, lineOffsets[index]));
  extras.forEach((extra, index) => extra !== null && extraBytes.set(extra, extraOffsets[index]));
  return {
    rowCount: rows.length,
    timestampsNs: BigInt64Array.from(rows, (row) => row.timestampNs),
    streams,
    streamRefs,
    lineOffsets,
    lineBytes,
    extraOffsets,
    extraBytes,
    levels: Uint8Array.from(rows, (row) => row.level),
  };
}
