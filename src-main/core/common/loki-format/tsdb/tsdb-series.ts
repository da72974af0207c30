import { crc32c } from "@node-rs/crc32";
import type { LabelSet } from "../../../../../src-shared/model/labels.ts";
import { ByteCursor, readU32 } from "../byte-cursor.ts";
import { checksumText } from "../chunk-finding.ts";
import type { TsdbFindings } from "./tsdb-finding.ts";
import type { TsdbSymbols } from "./tsdb-symbols.ts";
import { sectionEnd, type TsdbToc } from "./tsdb-toc.ts";

/** References to the chunks of one series, in columns. Times are milliseconds, both ends included. */
export interface TsdbChunkRefs {
  readonly count: number;
  readonly fromMs: Float64Array;
  readonly throughMs: Float64Array;
  /** Uncompressed, rounded. */
  readonly kibibytes: Uint32Array;
  readonly entries: Uint32Array;
  /** Of the chunk's key. */
  readonly checksum: Uint32Array;
}

/** One series while it is visited; its columns are used again for the next. */
export interface TsdbSeries {
  /** Byte of the file; a sixteenth of it is the series' reference. */
  readonly offset: number;
  readonly fingerprint: bigint;
  readonly chunks: TsdbChunkRefs;
  /** With `__loki_tenant__` in a file of many tenants. `null` where it refers to symbols that do not exist. */
  labels(): LabelSet | null;
}

const ALIGNMENT = 16;
/** Bytes of a chunk's reference at least: three varints of a byte each, another, and the checksum. */
const LEAST_REF_BYTES = 8;

class ChunkColumns implements TsdbChunkRefs {
  count = 0;
  fromMs = new Float64Array(64);
  throughMs = new Float64Array(64);
  kibibytes = new Uint32Array(64);
  entries = new Uint32Array(64);
  checksum = new Uint32Array(64);

  reserve(count: number): void {
    if (count <= this.fromMs.length) return;
    const size = Math.max(count, this.fromMs.length * 2);
    this.fromMs = new Float64Array(size);
    this.throughMs = new Float64Array(size);
    this.kibibytes = new Uint32Array(size);
    this.entries = new Uint32Array(size);
    this.checksum = new Uint32Array(size);
  }
}

/** Zigzag LEB128 as a number; times need 42 bits of it. */
function varint(cursor: ByteCursor): number {
  const value = cursor.uvarint();
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}

function readChunkRefs(cursor: ByteCursor, version: number, columns: ChunkColumns): void {
  const count = cursor.uvarint();
  if (version >= 3) cursor.take(cursor.u32be());
  columns.count = 0;
  // An empty series of version 3 has one byte of markers that its length leaves out.
  if (count === 0) return;
  if (count > cursor.left / LEAST_REF_BYTES) {
    cursor.fail();
    return;
  }
  columns.reserve(count);
  let before = 0;
  for (let at = 0; at < count; at += 1) {
    const from = before + varint(cursor);
    const through = from + cursor.uvarint();
    columns.fromMs[at] = from;
    columns.throughMs[at] = through;
    columns.kibibytes[at] = cursor.uvarint();
    columns.entries[at] = cursor.uvarint();
    columns.checksum[at] = cursor.u32be();
    before = through;
  }
  columns.count = count;
}

/**
 * Visits every series of a file, in its order, and checks each (Loki `tsdb/index/index.go`, `chunk.go`). What cannot be read is a
 * finding and passed over; a series with a wrong checksum is not given. Returns how many were given.
 */
export function visitTsdbSeries(
  file: Uint8Array,
  toc: TsdbToc,
  symbols: TsdbSymbols,
  findings: TsdbFindings,
  visit: (series: TsdbSeries) => void,
): number {
  const end = sectionEnd(toc, toc.series);
  const columns = new ChunkColumns();
  let last = -1n;
  let given = 0;
  let at = toc.series;
  while (at < end) {
    at = Math.ceil(at / ALIGNMENT) * ALIGNMENT;
    const offset = at;
    const head = new ByteCursor(file, offset, end);
    const length = head.uvarint();
    // Padding behind the last series.
    if (length === 0 && !head.failed) {
      at = head.at;
      continue;
    }
    if (head.failed || head.at + length + 4 > end) {
      if (offset < end) findings.add({ kind: "series-unreadable", offset });
      break;
    }
    const body = head.at;
    at = body + length + 4;
    const stored = readU32(file, body + length);
    const actual = crc32c(file.subarray(body, body + length));
    if (stored !== actual) {
      findings.add({ kind: "series-checksum", offset, expected: checksumText(stored), actual: checksumText(actual) });
      continue;
    }
    const cursor = new ByteCursor(file, body, body + length);
    const fingerprint = (BigInt(cursor.u32be()) << 32n) | BigInt(cursor.u32be());
    const labelCount = cursor.uvarint();
    const labelsAt = cursor.at;
    for (let label = 0; label < labelCount && !cursor.failed; label += 1) {
      cursor.uvarint();
      cursor.uvarint();
    }
    readChunkRefs(cursor, toc.version, columns);
    // A body that says less than it holds is of another version than the file says.
    if (cursor.failed || cursor.left > 0) {
      findings.add({ kind: "series-unreadable", offset });
      continue;
    }
    if (fingerprint < last) findings.add({ kind: "series-unordered", offset, actual: fingerprint.toString(16) });
    last = fingerprint;
    given += 1;
    visit({
      offset,
      fingerprint,
      chunks: columns,
      labels: () => readLabels(new ByteCursor(file, labelsAt, body + length), labelCount, symbols),
    });
  }
  return given;
}

function readLabels(cursor: ByteCursor, count: number, symbols: TsdbSymbols): LabelSet | null {
  const labels: Record<string, string> = Object.create(null);
  for (let label = 0; label < count; label += 1) {
    const name = symbols.text(cursor.uvarint());
    const value = symbols.text(cursor.uvarint());
    if (name === null || value === null) return null;
    labels[name] = value;
  }
  return labels;
}
