import { crc32c } from "@node-rs/crc32";
import { readEntries } from "./block-entries.ts";
import { ByteCursor, readU32 } from "./byte-cursor.ts";
import { BLOCK_MAX_BYTES, CHUNK_MAX_BYTES } from "./chunk-blocks.ts";
import { readChunkHeader, type BlockMeta, type ChunkLayout } from "./chunk-layout.ts";
import { columnsFor } from "./chunk-rows.ts";
import { decompress, type ChunkCodec } from "./decompress.ts";

/** What each codec's streams begin with. Raw DEFLATE and no compression begin with anything. */
const BEGINNINGS: Readonly<Partial<Record<ChunkCodec, Buffer>>> = {
  snappy: Buffer.from([0xff, 0x06, 0x00, 0x00, 0x73, 0x4e, 0x61, 0x50, 0x70, 0x59]),
  gzip: Buffer.from([0x1f, 0x8b, 0x08]),
  zstd: Buffer.from([0x28, 0xb5, 0x2f, 0xfd]),
  "lz4-64k": Buffer.from([0x04, 0x22, 0x4d, 0x18]),
  "lz4-256k": Buffer.from([0x04, 0x22, 0x4d, 0x18]),
  "lz4-1M": Buffer.from([0x04, 0x22, 0x4d, 0x18]),
  lz4: Buffer.from([0x04, 0x22, 0x4d, 0x18]),
};

/** Far more blocks than an ingester puts into a chunk; noise that is full of beginnings is not searched for ever. */
const MAX_STREAMS = 10_000;

function beginningsIn(chunk: Uint8Array, mark: Buffer): readonly number[] {
  const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
  const found: number[] = [];
  for (let at = bytes.indexOf(mark, 5); at >= 0 && found.length < MAX_STREAMS; at = bytes.indexOf(mark, at + 1)) {
    found.push(at);
  }
  return found;
}

/** Where a stream of snappy frames ends, going from frame to frame; `null` where it does not end within the bytes. */
function endOfFrames(chunk: Uint8Array, start: number): number | null {
  const cursor = new ByteCursor(chunk, start + 10);
  for (;;) {
    const at = cursor.at;
    const type = cursor.u8();
    const length = cursor.u8() | (cursor.u8() << 8) | (cursor.u8() << 16);
    if (cursor.failed || type > 0x01 || length < 5 || length > 80_000) return at + 4 <= chunk.length ? at : null;
    cursor.take(length);
    if (cursor.failed) return at + 4 <= chunk.length ? at : null;
  }
}

function provenEnd(chunk: Uint8Array, start: number, candidates: readonly (number | null)[]): number | null {
  for (const end of candidates) {
    if (end === null || end <= start || end + 4 > chunk.length) continue;
    if (crc32c(chunk.subarray(start, end)) === readU32(chunk, end)) return end;
  }
  return null;
}

function metaOf(
  plain: Uint8Array,
  version: number,
  number: number,
  offset: number,
  lengthBytes: number,
): BlockMeta | null {
  const rows = Math.floor(plain.length / (version === 4 ? 4 : 2));
  const read = readEntries(plain, 0, plain.length, columnsFor(rows, version === 4), 0, rows, null);
  if (read.rows === 0 || read.brokenAt !== null) return null;
  const times = { minNs: read.minNs, maxNs: read.maxNs };
  return { number, entries: read.rows, ...times, offset, lengthBytes, uncompressedBytes: plain.length };
}

/**
 * The way to the blocks of a chunk whose end is cut off or spoilt: streams are found by what they begin with, and taken only
 * where the checksum behind them holds. So nothing is guessed, and whole blocks before a cut are read. `null` where no
 * block can be proven, and for codecs whose streams have no beginning of their own.
 */
export function recoverLayout(chunk: Uint8Array): ChunkLayout | null {
  const header = readChunkHeader(chunk.subarray(0, 6), 0);
  const mark = "kind" in header ? undefined : BEGINNINGS[header.codec];
  if ("kind" in header || mark === undefined) return null;
  const { version, codec } = header;
  const starts = beginningsIn(chunk, mark);
  const endAfter = (start: number, at: number) => {
    const next = starts[at + 1];
    const byFrames = codec === "snappy" ? endOfFrames(chunk, starts[at] ?? start) : null;
    return provenEnd(chunk, start, [next === undefined ? null : next - 4, byFrames]);
  };
  // The table of symbols begins with their count, before its stream.
  const symbolsEnd = version === 4 && starts.length > 0 ? endAfter(6, 0) : null;
  const symbols = symbolsEnd === null ? null : { offset: 6, lengthBytes: symbolsEnd - 6 };
  const blocks: BlockMeta[] = [];
  let left = CHUNK_MAX_BYTES;
  for (const [at, start] of starts.entries()) {
    if (symbolsEnd !== null && start < symbolsEnd) continue;
    const end = endAfter(start, at);
    if (end === null) continue;
    const plain = decompress(codec, chunk.subarray(start, end), Math.min(BLOCK_MAX_BYTES, left));
    const meta = plain.ok ? metaOf(plain.bytes, version, blocks.length, start, end - start) : null;
    if (!plain.ok || meta === null) continue;
    left -= plain.bytes.length;
    blocks.push(meta);
  }
  const [first] = blocks;
  if (first === undefined) return null;
  return { version, codec, blocks, blocksOffset: first.offset, symbols, metasSound: false };
}
