import { crc32c } from "@node-rs/crc32";
import { unpackBlocks } from "./chunk-blocks.ts";
import { checksumText, type ChunkFinding } from "./chunk-finding.ts";
import type { ChunkLayout } from "./chunk-layout.ts";
import { readChunkHead, type ChunkHeadReading } from "./chunk-head.ts";
import type { KnownKey } from "./chunk-key.ts";
import { readRows, type ChunkRows } from "./chunk-rows.ts";
import { NO_SYMBOLS, readSymbols, type SymbolTable } from "./chunk-symbols.ts";
import { bytesInMemory } from "./object-bytes.ts";
import { recoverLayout } from "./recover-layout.ts";

export interface DecodedChunk extends ChunkHeadReading {
  /** By the chunk's own table or, where that is cut off or spoilt, by what blocks could be proven without it. */
  readonly layout: ChunkLayout | null;
  /** Every entry that could be read and proven; `null` where there is no way to any block. */
  readonly rows: ChunkRows | null;
}

/** Whether the whole object is the one that its key was made for. `expected` is the key's checksum. */
export function checkObjectChecksum(bytes: Uint8Array, key: KnownKey): ChunkFinding | null {
  const actual = crc32c(bytes);
  if (key.checksum === undefined || actual === key.checksum) return null;
  const values = { expected: checksumText(key.checksum), actual: checksumText(actual) };
  return { kind: "key-checksum", offset: 0, length: bytes.length, ...values };
}

function symbolsOf(
  chunk: Uint8Array,
  layout: ChunkLayout,
  dataStart: number,
): { table: SymbolTable | null; findings: ChunkFinding[] } {
  const section = layout.symbols;
  // Without a proven table a v4 chunk's entries still refer to one.
  if (section === null) return { table: layout.version === 4 ? null : NO_SYMBOLS, findings: [] };
  const bytes = chunk.subarray(section.offset, section.offset + section.lengthBytes + 4);
  const { table, finding } = readSymbols(bytes, layout.codec, dataStart + section.offset);
  return { table, findings: finding === null ? [] : [finding] };
}

/**
 * Reads a whole chunk object (Loki `pkg/chunkenc/memchunk.go`) and checks every checksum, count and bound in it. What is damaged
 * is a finding; the entries of all sound blocks are given, without structured metadata where its table is damaged. Of a
 * chunk that is cut, the whole blocks before the cut are given. `key` is `null` where the object has no name that says
 * anything. Never throws.
 */
export function decodeChunk(bytes: Uint8Array, key: KnownKey | null): DecodedChunk {
  const head = readChunkHead(bytesInMemory(bytes), key);
  const findings = [...head.findings];
  const checksum = key === null || bytes.length === 0 ? null : checkObjectChecksum(bytes, key);
  if (checksum !== null) findings.unshift(checksum);
  const { outer } = head;
  if (outer === null) return { ...head, rows: null, findings };
  const chunk = bytes.subarray(outer.dataStart, outer.dataStart + outer.dataBytes);
  const layout =
    head.layout ?? (findings.some(({ kind }) => kind === "encoding-unknown") ? null : recoverLayout(chunk));
  if (layout === null) return { ...head, rows: null, findings };
  const symbols = symbolsOf(chunk, layout, outer.dataStart);
  const unpacked = unpackBlocks(chunk, layout, outer.dataStart);
  const read = readRows(unpacked.blocks, layout.version, symbols.table, outer.dataStart);
  const all = [...findings, ...symbols.findings, ...unpacked.findings, ...read.findings];
  return { outer, layout, rows: read.rows, findings: all };
}
