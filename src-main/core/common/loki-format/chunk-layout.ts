import { crc32c } from "@node-rs/crc32";
import { ByteCursor, readU32 } from "./byte-cursor.ts";
import { checksumText, type ChunkFinding } from "./chunk-finding.ts";
import type { Read } from "./chunk-outer.ts";
import { codecOf, type ChunkCodec } from "./decompress.ts";
import type { ObjectBytes } from "./object-bytes.ts";

/** One line of the table of blocks. Offsets count from the first byte of the inner chunk, as they are stored. */
export interface BlockMeta {
  readonly number: number;
  readonly entries: number;
  readonly minNs: bigint;
  readonly maxNs: bigint;
  readonly offset: number;
  /** Without the checksum behind it. */
  readonly lengthBytes: number;
  /** Of the ingester's head block, near what it unpacks to; `null` before format v3. */
  readonly uncompressedBytes: number | null;
}

export interface ChunkLayout {
  readonly version: number;
  readonly codec: ChunkCodec;
  readonly blocks: readonly BlockMeta[];
  /** Where the first block follows from what is before it. */
  readonly blocksOffset: number;
  /** The section of structured metadata without its checksum; `null` before v4. */
  readonly symbols: { readonly offset: number; readonly lengthBytes: number } | null;
  /** Whether the table's own checksum holds. */
  readonly metasSound: boolean;
}

export const INNER_MAGIC = 0x012e_e56a;
/** Loki cuts a chunk at some hundred blocks; each takes at least 5 bytes of the table. */
const MAX_BLOCKS = 1_000_000;

interface Tail {
  readonly metasOffset: number;
  readonly metasBytes: number;
  readonly symbols: { readonly offset: number; readonly lengthBytes: number } | null;
}

function readTail(source: ObjectBytes, start: number, length: number, version: number): Tail | null {
  const tailBytes = version === 4 ? 32 : 8;
  if (length < tailBytes + 4) return null;
  const cursor = new ByteCursor(source.read(start + length - tailBytes, start + length));
  if (version < 4) {
    const metasOffset = cursor.u64be();
    const metasBytes = length - 8 - 4 - metasOffset;
    return cursor.failed || metasBytes < 1 ? null : { metasOffset, metasBytes, symbols: null };
  }
  const lengthBytes = cursor.u64be();
  const offset = cursor.u64be();
  const metasBytes = cursor.u64be();
  const metasOffset = cursor.u64be();
  const outside = offset + lengthBytes + 4 > length || metasOffset + metasBytes + 4 > length - tailBytes;
  if (cursor.failed || outside || metasBytes < 1) return null;
  return { metasOffset, metasBytes, symbols: { offset, lengthBytes } };
}

/** Whether an inner chunk of that length is whole at its end: its table of blocks checks, and nothing is behind it. */
export function endsSoundly(source: ObjectBytes, start: number, length: number): boolean {
  const header = readChunkHeader(source.read(start, start + Math.min(6, length)), start);
  if ("kind" in header) return false;
  const tail = readTail(source, start, length, header.version);
  if (tail === null) return false;
  const metas = source.read(start + tail.metasOffset, start + tail.metasOffset + tail.metasBytes + 4);
  if (metas.length < tail.metasBytes + 4) return false;
  return crc32c(metas.subarray(0, tail.metasBytes)) === readU32(metas, tail.metasBytes);
}

function readBlockMetas(metas: Uint8Array, version: number): readonly BlockMeta[] | null {
  const cursor = new ByteCursor(metas);
  const count = cursor.uvarint();
  if (cursor.failed || count > MAX_BLOCKS || count * 5 > cursor.left) return null;
  const blocks: BlockMeta[] = [];
  for (let number = 0; number < count; number++) {
    const entries = cursor.uvarint();
    const minNs = cursor.varint64();
    const maxNs = cursor.varint64();
    const offset = cursor.uvarint();
    const uncompressedBytes = version >= 3 ? cursor.uvarint() : null;
    const lengthBytes = cursor.uvarint();
    if (cursor.failed) return null;
    blocks.push({ number, entries, minNs, maxNs, offset, lengthBytes, uncompressedBytes });
  }
  return cursor.left === 0 ? blocks : null;
}

function failed(finding: ChunkFinding): Read<ChunkLayout> {
  return { part: null, findings: [finding] };
}

/** Reads the six bytes that an inner chunk begins with; `at` is where it lies, for the finding. */
export function readChunkHeader(header: Uint8Array, at: number): { version: number; codec: ChunkCodec } | ChunkFinding {
  const unreadable = (actual: string, expected: string): ChunkFinding => ({
    kind: "header-unreadable",
    offset: at,
    length: header.length,
    actual,
    expected,
  });
  if (header.length < 6) return unreadable(`${header.length} bytes`, "6 bytes");
  const magic = readU32(header, 0);
  if (magic !== INNER_MAGIC) return unreadable(`magic ${checksumText(magic)}`, checksumText(INNER_MAGIC));
  const version = header[4] ?? 0;
  if (version < 1 || version > 4) return unreadable(`version ${version}`, "1 to 4");
  const codec = version === 1 ? "gzip" : codecOf(header[5] ?? 0);
  return codec === null ? unreadable(`codec ${header[5] ?? 0}`, "a known codec") : { version, codec };
}

/**
 * Reads header, tail and table of blocks of an inner chunk (Loki `pkg/chunkenc/memchunk.go`) that lies at `start` of the object.
 * A table whose checksum is wrong is given where it parses: each block has a checksum of its own.
 */
export function readLayout(source: ObjectBytes, start: number, length: number): Read<ChunkLayout> {
  const header = readChunkHeader(source.read(start, start + Math.min(6, length)), start);
  if ("kind" in header) return failed(header);
  const { version, codec } = header;
  const tail = readTail(source, start, length, version);
  if (tail === null) return failed({ kind: "tail-unreadable", offset: start + length, length: 0 });
  const metasAt = start + tail.metasOffset;
  const metas = source.read(metasAt, metasAt + tail.metasBytes + 4);
  const table = metas.subarray(0, tail.metasBytes);
  const stored = readU32(metas, tail.metasBytes);
  const actual = metas.length === tail.metasBytes + 4 ? crc32c(table) : -1;
  const place = { offset: metasAt, length: tail.metasBytes };
  const findings: ChunkFinding[] = [];
  if (actual !== stored) {
    const values = { expected: checksumText(stored), actual: checksumText(Math.max(0, actual)) };
    findings.push({ kind: "metas-checksum", ...place, ...values });
  }
  const symbolsEnd = tail.symbols === null ? null : tail.symbols.offset + tail.symbols.lengthBytes + 4;
  const blocksOffset = symbolsEnd ?? (version === 1 ? 5 : 6);
  const blocks = readBlockMetas(table, version);
  if (blocks === null) return { part: null, findings: [...findings, { kind: "metas-unreadable", ...place }] };
  const metasSound = findings.length === 0;
  return { part: { version, codec, blocks, blocksOffset, symbols: tail.symbols, metasSound }, findings };
}
