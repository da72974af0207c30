import type { LabelSet } from "../../../../src-shared/model/labels.ts";
import { readEntries, type EntriesRead, type EntryColumns } from "./block-entries.ts";
import type { UnpackedBlock } from "./chunk-blocks.ts";
import type { ChunkFinding } from "./chunk-finding.ts";
import type { BlockMeta } from "./chunk-layout.ts";
import type { SymbolTable } from "./chunk-symbols.ts";
import { ByteCursor } from "./byte-cursor.ts";

/** A chunk's entries as columns, in the order they are stored. Line `i` is `bytes[lineStarts[i] … lineEnds[i])`. */
export interface ChunkRows {
  readonly rowCount: number;
  readonly timestampsNs: BigInt64Array;
  readonly bytes: Uint8Array;
  readonly lineStarts: Uint32Array;
  readonly lineEnds: Uint32Array;
  /** Structured metadata of a row, names as queries name them; equal sets are one object. `null` before v4. */
  readonly metadata: ((row: number) => LabelSet | undefined) | null;
  /** Whether timestamps ascend. */
  readonly ascending: boolean;
}

function joined(blocks: readonly UnpackedBlock[]): { bytes: Uint8Array; starts: readonly number[] } {
  const [first] = blocks;
  if (blocks.length === 1 && first !== undefined) return { bytes: first.bytes, starts: [0] };
  const bytes = new Uint8Array(blocks.reduce((sum, block) => sum + block.bytes.length, 0));
  const starts: number[] = [];
  let at = 0;
  for (const block of blocks) {
    starts.push(at);
    bytes.set(block.bytes, at);
    at += block.bytes.length;
  }
  return { bytes, starts };
}

/** More entries than a chunk can have that an ingester cut; a row takes 24 bytes here. */
const CHUNK_MAX_ROWS = 16 * 1_048_576;

/** Rows that a block's bytes have room for at most. */
function capacity({ bytes }: UnpackedBlock, version: number): number {
  return Math.floor(bytes.length / (version === 4 ? 4 : 2));
}

/** Empty columns for so many rows. */
export function columnsFor(rows: number, withMetadata: boolean): EntryColumns {
  return {
    timestampsNs: new BigInt64Array(rows),
    lineStarts: new Uint32Array(rows),
    lineEnds: new Uint32Array(rows),
    metadataStarts: withMetadata ? new Uint32Array(rows) : null,
    metadataEnds: withMetadata ? new Uint32Array(rows) : null,
  };
}

function metadataReader(bytes: Uint8Array, columns: EntryColumns, symbols: SymbolTable): ChunkRows["metadata"] {
  const { metadataStarts, metadataEnds } = columns;
  if (metadataStarts === null || metadataEnds === null) return null;
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const known = new Map<string, LabelSet>();
  return (row) => {
    const start = metadataStarts[row] ?? 0;
    const end = metadataEnds[row] ?? 0;
    if (start >= end) return undefined;
    const pairs = buffer.toString("latin1", start, end);
    const before = known.get(pairs);
    if (before !== undefined) return before;
    const cursor = new ByteCursor(bytes, start, end);
    const entries: [string, string][] = [];
    while (cursor.left > 0) entries.push([symbols.name(cursor.uvarint()), symbols.value(cursor.uvarint())]);
    const set = Object.fromEntries(entries);
    known.set(pairs, set);
    return set;
  };
}

/** What a block's entries are, held against its line in the table. */
function compare(meta: BlockMeta, read: EntriesRead, offset: number, blockStart: number): readonly ChunkFinding[] {
  const place = { offset, length: meta.lengthBytes, block: meta.number };
  const bounds = { startNs: meta.minNs, endNs: meta.maxNs };
  const findings: ChunkFinding[] = [];
  if (read.rows !== meta.entries || read.brokenAt !== null) {
    const entriesLost = Math.max(0, meta.entries - read.rows);
    const detail = read.brokenAt === null ? {} : { detail: `unpacked byte ${read.brokenAt - blockStart} is no entry` };
    const counts = { expected: `${meta.entries} entries`, actual: `${read.rows} entries` };
    findings.push({ kind: "block-count", ...place, ...bounds, ...counts, entriesLost, ...detail });
  }
  if (read.rows > 0 && (read.minNs < meta.minNs || read.maxNs > meta.maxNs)) {
    const expected = `${meta.minNs} to ${meta.maxNs}`;
    const actual = `${read.minNs} to ${read.maxNs}`;
    const times = { startNs: read.minNs, endNs: read.maxNs };
    findings.push({ kind: "block-times", ...place, expected, actual, entriesLost: 0, ...times });
  }
  if (!read.ascending) findings.push({ kind: "block-unordered", ...place, ...bounds, entriesLost: 0 });
  if (read.badReferences > 0) {
    const actual = `${read.badReferences} entries`;
    findings.push({ kind: "metadata-reference", ...place, ...bounds, expected: "0 entries", actual, entriesLost: 0 });
  }
  return findings;
}

/**
 * Reads the entries of all unpacked blocks and checks them against the table of blocks. Loki reads a block to its end whatever
 * the table counts, so a block that holds more than its count is read again with room for all.
 */
export function readRows(
  blocks: readonly UnpackedBlock[],
  version: number,
  symbols: SymbolTable | null,
  dataStart: number,
  trustCounts = true,
): { readonly rows: ChunkRows; readonly findings: readonly ChunkFinding[] } {
  const { bytes, starts } = joined(blocks);
  const room = blocks.map((block) => {
    const most = capacity(block, version);
    return trustCounts ? Math.min(block.meta.entries, most) : most;
  });
  const total = Math.min(
    CHUNK_MAX_ROWS,
    room.reduce((sum, rows) => sum + rows, 0),
  );
  const columns = columnsFor(total, version === 4);
  const findings: ChunkFinding[] = [];
  let rowCount = 0;
  let ascending = true;
  for (const [at, { meta, bytes: plain }] of blocks.entries()) {
    const start = starts[at] ?? 0;
    const end = start + plain.length;
    const rowsLeft = Math.min(room[at] ?? 0, total - rowCount);
    const read = readEntries(bytes, start, end, columns, rowCount, rowsLeft, symbols);
    if (trustCounts && read.rows === meta.entries && read.brokenAt !== null && total < CHUNK_MAX_ROWS) {
      return readRows(blocks, version, symbols, dataStart, false);
    }
    findings.push(...compare(meta, read, dataStart + meta.offset, start));
    const lastBefore = rowCount === 0 ? null : (columns.timestampsNs[rowCount - 1] ?? null);
    if (!read.ascending || (lastBefore !== null && read.rows > 0 && read.minNs < lastBefore)) ascending = false;
    rowCount += read.rows;
  }
  const rows = rowsOf(bytes, columns, rowCount, symbols, ascending);
  return { rows: ascending ? rows : inOrderOfTime(rows), findings };
}

function rowsOf(
  bytes: Uint8Array,
  columns: EntryColumns,
  rowCount: number,
  symbols: SymbolTable | null,
  ascending: boolean,
): ChunkRows {
  return {
    rowCount,
    timestampsNs: columns.timestampsNs.subarray(0, rowCount),
    bytes,
    lineStarts: columns.lineStarts.subarray(0, rowCount),
    lineEnds: columns.lineEnds.subarray(0, rowCount),
    metadata: symbols === null ? null : metadataReader(bytes, columns, symbols),
    ascending,
  };
}

/** The same rows, ascending in time; rows of one instant stay as they were. */
function inOrderOfTime(rows: ChunkRows): ChunkRows {
  const times = rows.timestampsNs;
  const order = Uint32Array.from({ length: rows.rowCount }, (_, row) => row);
  order.sort((a, b) => {
    const timeA = times[a] ?? 0n;
    const timeB = times[b] ?? 0n;
    if (timeA === timeB) return a - b;
    return timeA < timeB ? -1 : 1;
  });
  const { metadata } = rows;
  return {
    ...rows,
    ascending: true,
    timestampsNs: BigInt64Array.from(order, (row) => times[row] ?? 0n),
    lineStarts: order.map((row) => rows.lineStarts[row] ?? 0),
    lineEnds: order.map((row) => rows.lineEnds[row] ?? 0),
    metadata: metadata === null ? null : (row) => metadata(order[row] ?? 0),
  };
}
