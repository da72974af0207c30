import type { LogBatch } from "../../../../src-shared/model/log-batch.ts";
import type { LabelSet } from "../../../../src-shared/model/labels.ts";
import { levelFromLine, LINE_LEVEL_CHARACTERS } from "../../../../src-shared/model/line-level.ts";
import { levelFromLabels, LOG_LEVELS, UNKNOWN_LEVEL } from "../../../../src-shared/model/log-level.ts";
import { ByteColumn } from "./byte-column.ts";

/** What a row has besides time, stream and line, made once for equal ones. */
export interface RowExtraText {
  /** As in `LogBatch.extraBytes`; empty for nothing. */
  readonly json: string;
  /** The level it states, as an index into `LOG_LEVELS`; -1 for none. */
  readonly level: number;
}

export const NO_EXTRA: RowExtraText = { json: "", level: -1 };

export function extraText(metadata: LabelSet | undefined, parsed: LabelSet | undefined): RowExtraText {
  const hasMetadata = metadata !== undefined && Object.keys(metadata).length > 0;
  const hasParsed = parsed !== undefined && Object.keys(parsed).length > 0;
  if (!hasMetadata && !hasParsed) return NO_EXTRA;
  const json = JSON.stringify({ ...(hasMetadata ? { m: metadata } : {}), ...(hasParsed ? { p: parsed } : {}) });
  const level = (hasMetadata ? levelFromLabels(metadata) : null) ?? (hasParsed ? levelFromLabels(parsed) : null);
  return { json, level: level === null ? -1 : LOG_LEVELS.indexOf(level) };
}

/** Collects rows into the columns of a `LogBatch`. Levels are found by stream, metadata, parsed labels, then the line. */
export class BatchBuilder {
  readonly #times: BigInt64Array;
  readonly #refs: Uint32Array;
  readonly #levels: Uint8Array;
  readonly #lines: ByteColumn;
  readonly #extras: ByteColumn;
  readonly #streams: LabelSet[] = [];
  readonly #streamLevels: number[] = [];
  #count = 0;

  constructor(maxRows: number, expectedLineBytes: number) {
    this.#times = new BigInt64Array(maxRows);
    this.#refs = new Uint32Array(maxRows);
    this.#levels = new Uint8Array(maxRows);
    this.#lines = new ByteColumn(maxRows, expectedLineBytes);
    this.#extras = new ByteColumn(maxRows, 64);
  }

  get rowCount(): number {
    return this.#count;
  }

  /** Adds a stream and gives its number. */
  stream(labels: LabelSet): number {
    const level = levelFromLabels(labels);
    this.#streamLevels.push(level === null ? -1 : LOG_LEVELS.indexOf(level));
    return this.#streams.push(labels) - 1;
  }

  row(timestampNs: bigint, stream: number, bytes: Buffer, start: number, end: number, extra: RowExtraText): void {
    let level = this.#streamLevels[stream] ?? -1;
    if (level < 0) level = extra.level;
    if (level < 0) level = lineLevel(bytes, start, end);
    const at = this.#count;
    this.#times[at] = timestampNs;
    this.#refs[at] = stream;
    this.#levels[at] = level;
    this.#lines.append(bytes, start, end);
    this.#extras.appendText(extra.json);
    this.#count = at + 1;
  }

  finish(): LogBatch {
    const count = this.#count;
    const whole = count === this.#times.length;
    const lines = this.#lines.finish();
    const extras = this.#extras.finish();
    return {
      rowCount: count,
      timestampsNs: whole ? this.#times : this.#times.slice(0, count),
      streams: this.#streams,
      streamRefs: whole ? this.#refs : this.#refs.slice(0, count),
      lineOffsets: lines.offsets,
      lineBytes: lines.bytes,
      extraOffsets: extras.offsets,
      extraBytes: extras.bytes,
      levels: whole ? this.#levels : this.#levels.slice(0, count),
    };
  }
}

function lineLevel(bytes: Buffer, start: number, end: number): number {
  const level = levelFromLine(bytes.toString("latin1", start, Math.min(end, start + LINE_LEVEL_CHARACTERS)));
  return level === null ? UNKNOWN_LEVEL : LOG_LEVELS.indexOf(level);
}
