import { MAX_WINDOW_LINE_BYTES, type RowWindow } from "../../../src-shared/api/logs.api.ts";
import type { LabelSet } from "../../../src-shared/model/labels.ts";
import { LOG_LEVELS } from "../../../src-shared/model/log-level.ts";
import type { LogRow } from "../../../src-shared/model/log-row.ts";
import { AppError } from "../../../src-shared/errors/app-error.ts";
import { MARKER_LEVEL } from "./result-set/packed-rows.ts";
import type { ResultSet } from "./result-set/result-set.ts";
import { parseRowExtra, parseRowMarker } from "./result-set/row-extra.ts";
import type { StoredRow } from "./result-set/row-store.ts";
import { wholeCharacters } from "./utf8-cut.ts";

/** Values of structured metadata and parsed labels travel in a window up to this length, then `…` follows. */
const MAX_VALUE_CHARACTERS = 4_096;

/**
 * Rows `[from, from + count)` as the page shows them, fewer at the end of the set. Lines are cut at a character's end;
 * bytes that are no UTF-8 are shown as U+FFFD and stay as they are in the set.
 */
export async function rowWindow(set: ResultSet, from: number, count: number): Promise<RowWindow> {
  const { version, rowCount: total } = set;
  const streams: LabelSet[] = [];
  const numbers = new Map<number, number>();
  const rows: LogRow[] = [];
  const streamNumber = (stored: number) => {
    const known = numbers.get(stored);
    if (known !== undefined) return known;
    streams.push(set.store.streams.labels(stored));
    numbers.set(stored, streams.length - 1);
    return streams.length - 1;
  };
  await set.visit(from, Math.min(from + count, total), MAX_WINDOW_LINE_BYTES, (stored) => {
    rows.push(shownRow(stored, from + rows.length, streamNumber));
  });
  return { version, total, from, streams, rows };
}

function shownRow(stored: StoredRow, row: number, streamNumber: (stored: number) => number): LogRow {
  const timestampNs = String(stored.timestampNs);
  if (stored.level === MARKER_LEVEL) {
    return { kind: "marker", row, timestampNs, marker: parseRowMarker(stored.extra) };
  }
  const { m, p } = parseRowExtra(stored.extra);
  const line = stored.line.length < stored.lineBytes ? wholeCharacters(stored.line) : stored.line;
  return {
    kind: "entry",
    row,
    timestampNs,
    level: LOG_LEVELS[stored.level] ?? "unknown",
    line: line.toString(),
    lineBytes: stored.lineBytes,
    stream: streamNumber(stored.stream),
    ...(m === undefined ? {} : { metadata: bounded(m) }),
    ...(p === undefined ? {} : { parsed: bounded(p) }),
  };
}

function bounded(labels: LabelSet): LabelSet {
  const values = Object.values(labels);
  if (values.every((value) => value.length <= MAX_VALUE_CHARACTERS)) return labels;
  return Object.fromEntries(
    Object.entries(labels).map(([name, value]) => [
      name,
      value.length <= MAX_VALUE_CHARACTERS ? value : `${value.slice(0, MAX_VALUE_CHARACTERS)}…`,
    ]),
  );
}

/** A piece of a row's line. @throws `logs.row-unknown` */
export async function linePiece(
  set: ResultSet,
  row: number,
  offset: number,
  length: number,
): Promise<{ text: string; nextOffset: number | null; lineBytes: number }> {
  const storeRow = set.storeRow(row);
  if (storeRow === -1) throw new AppError("logs.row-unknown", { row });
  // Room for a whole character, so that a piece is never empty before the line's end.
  const { bytes, lineBytes } = await set.store.linePiece(storeRow, offset, Math.max(length, 4));
  const piece = offset + bytes.length < lineBytes ? wholeCharacters(bytes) : bytes;
  const nextOffset = offset + piece.length;
  return { text: piece.toString(), nextOffset: nextOffset < lineBytes ? nextOffset : null, lineBytes };
}
