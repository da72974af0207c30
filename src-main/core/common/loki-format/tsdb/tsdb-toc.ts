import { crc32c } from "@node-rs/crc32";
import { ByteCursor, readU32 } from "../byte-cursor.ts";
import { checksumText } from "../chunk-finding.ts";
import type { TsdbFindings } from "./tsdb-finding.ts";

const MAGIC = 0xba_aa_d7_00;
const HEADER_BYTES = 5;
const TOC_BYTES = 76;

/** Where the sections of an index file begin; 0 for one that is absent. Times are milliseconds. */
export interface TsdbToc {
  readonly version: number;
  readonly symbols: number;
  readonly series: number;
  readonly labelIndices: number;
  readonly labelIndicesTable: number;
  readonly postings: number;
  readonly postingsTable: number;
  readonly fingerprintOffsets: number;
  readonly fromMs: number;
  readonly throughMs: number;
  /** CRC32C over the table: the last part of a compacted file's name. */
  readonly checksum: number;
  /** Where the table itself begins, and everything else ends. */
  readonly at: number;
}

function signed64(cursor: ByteCursor): number {
  const high = cursor.u32be() | 0;
  return high * 0x1_0000_0000 + cursor.u32be();
}

/**
 * Reads header and table of contents (Loki `tsdb/index/index.go`: the last 76 bytes). `null` where nothing of the file can be
 * found; why is among the findings.
 */
export function readTsdbToc(file: Uint8Array, findings: TsdbFindings): TsdbToc | null {
  if (file.length < HEADER_BYTES + TOC_BYTES) {
    findings.add({ kind: file.length === 0 ? "empty" : "truncated", offset: file.length });
    return null;
  }
  if (readU32(file, 0) !== MAGIC) {
    findings.add({
      kind: "not-an-index",
      offset: 0,
      expected: checksumText(MAGIC),
      actual: checksumText(readU32(file, 0)),
    });
    return null;
  }
  const version = file[4] ?? 0;
  if (version < 1 || version > 3) {
    findings.add({ kind: "version-unknown", offset: 4, actual: String(version) });
    return null;
  }
  const at = file.length - TOC_BYTES;
  const cursor = new ByteCursor(file, at);
  const offsets = Array.from({ length: 7 }, () => cursor.u64be());
  const [
    symbols = 0,
    series = 0,
    labelIndices = 0,
    labelIndicesTable = 0,
    postings = 0,
    postingsTable = 0,
    fingerprintOffsets = 0,
  ] = offsets;
  const fromMs = signed64(cursor);
  const throughMs = signed64(cursor);
  const stored = cursor.u32be();
  const checksum = crc32c(file.subarray(at, at + TOC_BYTES - 4));
  if (stored !== checksum) {
    findings.add({ kind: "toc-checksum", offset: at, expected: checksumText(stored), actual: checksumText(checksum) });
    return null;
  }
  if (cursor.failed || offsets.some((offset) => offset > at)) {
    findings.add({ kind: "toc-unreadable", offset: at });
    return null;
  }
  return {
    version,
    symbols,
    series,
    labelIndices,
    labelIndicesTable,
    postings,
    postingsTable,
    fingerprintOffsets,
    fromMs,
    throughMs,
    checksum,
    at,
  };
}

/** Where the section that begins at `offset` ends: where the next begins. */
export function sectionEnd(toc: TsdbToc, offset: number): number {
  const starts = [
    toc.symbols,
    toc.series,
    toc.labelIndices,
    toc.labelIndicesTable,
    toc.postings,
    toc.postingsTable,
    toc.fingerprintOffsets,
  ];
  return Math.min(toc.at, ...starts.filter((start) => start > offset));
}

/** A section of `u32 length | content | u32 CRC32C(content)`; `null` where it leaves the file. */
export function checkedSection(
  file: Uint8Array,
  offset: number,
  end: number,
): { readonly start: number; readonly end: number; readonly sound: boolean } | null {
  if (offset + 8 > end) return null;
  const length = readU32(file, offset);
  const start = offset + 4;
  if (start + length + 4 > end) return null;
  return {
    start,
    end: start + length,
    sound: readU32(file, start + length) === crc32c(file.subarray(start, start + length)),
  };
}
