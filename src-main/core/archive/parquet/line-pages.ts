import { isUtf8 } from "node:buffer";
import type { ColumnChunk } from "hyparquet";
import { type ByteWriter } from "hyparquet-writer";
import { LINE_COLUMN, RAW_LINE_COLUMN } from "./archive-columns.ts";
import { NOTHING, writeColumnChunk, type PageValues } from "./column-chunk-writer.ts";
import { BitPacker, constantRun } from "./hybrid-encoding.ts";

/** Lines `[from, to)` of one batch: line `i` is `bytes[offsets[i] … offsets[i + 1])`. */
export interface LineSpan {
  readonly bytes: Uint8Array;
  readonly offsets: Uint32Array;
  readonly from: number;
  readonly to: number;
}

/** Small enough to stay in a processor's cache while it is unpacked and searched. */
const PAGE_BYTES = 256 * 1024;

/**
 * Writes the columns `line` and `line_raw`. A line that is not UTF-8 has U+FFFD in the first, for any reader, and its true
 * bytes in the second.
 */
export function writeLineColumns(writer: ByteWriter, spans: readonly LineSpan[], rows: number): ColumnChunk[] {
  const raw = new Map<number, Uint8Array>();
  let row = 0;
  const valid = spans.map((span) => {
    const mended = mendedSpan(span, row, raw);
    row += span.to - span.from;
    return mended;
  });
  const lines = writeColumnChunk(writer, {
    element: { name: LINE_COLUMN, type: "BYTE_ARRAY" },
    path: [LINE_COLUMN],
    dictionary: null,
    pages: linePages(valid),
    statistics: { null_count: 0n },
  });
  return [lines, writeRawLines(writer, raw, rows)];
}

/** Pages go across spans: small batches make no small pages. */
function* linePages(spans: readonly LineSpan[]): Generator<PageValues> {
  let runs: LineSpan[] = [];
  let size = 0;
  for (const span of spans) {
    let from = span.from;
    for (let line = span.from; line < span.to; line += 1) {
      size += 4 + (span.offsets[line + 1] ?? 0) - (span.offsets[line] ?? 0);
      if (size < PAGE_BYTES) continue;
      yield linePage([...runs, { ...span, from, to: line + 1 }], size);
      runs = [];
      size = 0;
      from = line + 1;
    }
    if (from < span.to) runs.push({ ...span, from });
  }
  if (runs.length > 0) yield linePage(runs, size);
}

function linePage(runs: readonly LineSpan[], size: number): PageValues {
  const rows = runs.reduce((sum, { from, to }) => sum + to - from, 0);
  return {
    values: rows,
    nulls: 0,
    rows,
    repetition: NOTHING,
    definition: NOTHING,
    body: plainLines(runs, size),
    encoding: "PLAIN",
  };
}

function plainLines(runs: readonly LineSpan[], size: number): Uint8Array {
  const body = new Uint8Array(size);
  const view = new DataView(body.buffer);
  let at = 0;
  for (const { bytes, offsets, from, to } of runs) {
    for (let line = from; line < to; line += 1) {
      const start = offsets[line] ?? 0;
      const end = offsets[line + 1] ?? 0;
      view.setUint32(at, end - start, true);
      body.set(bytes.subarray(start, end), at + 4);
      at += 4 + end - start;
    }
  }
  return body;
}

/** The span itself where all its lines are UTF-8; else a copy that is, with the true bytes put into `raw`. */
function mendedSpan(span: LineSpan, firstRow: number, raw: Map<number, Uint8Array>): LineSpan {
  const start = span.offsets[span.from] ?? 0;
  const end = span.offsets[span.to] ?? 0;
  if (isUtf8(span.bytes.subarray(start, end)) && startsWhole(span)) return span;
  const pieces: Uint8Array[] = [];
  const offsets = new Uint32Array(span.to - span.from + 1);
  for (let line = span.from; line < span.to; line += 1) {
    const bytes = span.bytes.subarray(span.offsets[line] ?? 0, span.offsets[line + 1] ?? 0);
    const place = line - span.from;
    const whole = isUtf8(bytes);
    if (!whole) raw.set(firstRow + place, bytes);
    const piece = whole ? bytes : Buffer.from(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString());
    pieces.push(piece);
    offsets[place + 1] = (offsets[place] ?? 0) + piece.length;
  }
  return { bytes: Buffer.concat(pieces), offsets, from: 0, to: span.to - span.from };
}

/** Whether no line begins inside of a character: lines that are UTF-8 together are so each for itself then. */
function startsWhole(span: LineSpan): boolean {
  for (let line = span.from; line < span.to; line += 1) {
    const start = span.offsets[line] ?? 0;
    if (start < (span.offsets[line + 1] ?? 0) && ((span.bytes[start] ?? 0) & 0xc0) === 0x80) return false;
  }
  return true;
}

function writeRawLines(writer: ByteWriter, raw: ReadonlyMap<number, Uint8Array>, rows: number): ColumnChunk {
  return writeColumnChunk(writer, {
    element: { name: RAW_LINE_COLUMN, type: "BYTE_ARRAY" },
    path: [RAW_LINE_COLUMN],
    dictionary: null,
    pages: [
      {
        values: rows,
        nulls: rows - raw.size,
        rows,
        repetition: NOTHING,
        definition: raw.size === 0 ? constantRun(0, rows, 1) : presence(raw, rows),
        body: raw.size === 0 ? NOTHING : plainBytes([...raw.values()]),
        encoding: "PLAIN",
      },
    ],
    statistics: { null_count: BigInt(rows - raw.size) },
  });
}

function presence(raw: ReadonlyMap<number, Uint8Array>, rows: number): Uint8Array {
  const levels = new BitPacker(1, rows);
  for (let row = 0; row < rows; row += 1) levels.push(raw.has(row) ? 1 : 0);
  return levels.finish();
}

function plainBytes(values: readonly Uint8Array[]): Uint8Array {
  const offsets = new Uint32Array(values.length + 1);
  for (const [index, value] of values.entries()) offsets[index + 1] = (offsets[index] ?? 0) + value.length;
  const span = { bytes: Buffer.concat(values), offsets, from: 0, to: values.length };
  return plainLines([span], span.bytes.length + 4 * values.length);
}
