import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from "node:zlib";
import type { CompressionCodec } from "hyparquet";
import { uncompressSync } from "lz4-napi";
import snappy from "snappy";
import { ParquetDamage } from "./parquet-damage.ts";

/** A page of more is none that this program reads: its rows would not fit into a block. */
const LARGEST_PAGE = 1024 * 1024 * 1024;

/**
 * Unpacks a page into exactly `target`. Native code throughout: hyparquet's own snappy takes twice the time.
 * @throws `ParquetDamage`, or the codec's own error, where the page is not of this size
 */
export function unpackInto(codec: CompressionCodec, packed: Uint8Array, target: Uint8Array): void {
  if (codec === "SNAPPY") {
    if (packed.length > 0 || target.length > 0) unpackSnappy(packed, target);
    return;
  }
  const bytes = unpacked(codec, packed, target.length);
  if (bytes.length !== target.length) {
    throw new ParquetDamage(`a page of ${bytes.length} bytes instead of ${target.length}`);
  }
  target.set(bytes);
}

/** Refuses sizes that a page cannot have before anything is allocated for it. */
export function checkedPageSize(size: number): number {
  if (!Number.isInteger(size) || size < 0 || size > LARGEST_PAGE) throw new ParquetDamage(`a page of ${size} bytes`);
  return size;
}

function unpacked(codec: CompressionCodec, packed: Uint8Array, size: number): Uint8Array {
  // The output's limit may not be 0, and one byte more tells a page that is too long.
  const limits = { maxOutputLength: size + 1, chunkSize: Math.max(64, size + 1) };
  switch (codec) {
    case "UNCOMPRESSED":
      return packed;
    case "ZSTD":
      return zstdDecompressSync(packed, limits);
    case "GZIP":
      return gunzipSync(packed, limits);
    case "BROTLI":
      return brotliDecompressSync(packed, limits);
    case "LZ4_RAW":
      return unpackLz4Block(packed, size);
    case "LZ4":
      return unpackHadoopLz4(packed, size);
    case "SNAPPY":
    case "LZO":
    default:
      throw new ParquetDamage(`compression ${codec} is not known`);
  }
}

/** The library allocates what the block says that it unpacks to, so that is compared first (snappy format, "preamble"). */
function unpackSnappy(packed: Uint8Array, target: Uint8Array): void {
  let size = 0;
  for (let index = 0; index < 5; index += 1) {
    const byte = packed[index] ?? 0;
    size += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) break;
  }
  if (size !== target.length) throw new ParquetDamage(`a page of ${size} bytes instead of ${target.length}`);
  // Buffers outside of V8's memory are forbidden in Electron, hence the copy; asked for a buffer it gives one.
  target.set(snappy.uncompressSync(packed, { asBuffer: true, copyOutputData: true }) as Buffer);
}

/** lz4-napi wants the size before the block. */
function unpackLz4Block(block: Uint8Array, size: number): Uint8Array {
  const sized = Buffer.allocUnsafe(block.length + 4);
  sized.writeUInt32LE(size, 0);
  sized.set(block, 4);
  return uncompressSync(sized);
}

/**
 * The old `LZ4`: Hadoop's frames of big-endian sizes, unpacked then packed, before each block; some writers put a bare
 * block (Parquet format, Compression.md).
 */
function unpackHadoopLz4(packed: Uint8Array, size: number): Uint8Array {
  const view = Buffer.from(packed.buffer, packed.byteOffset, packed.byteLength);
  const blocks: Uint8Array[] = [];
  let at = 0;
  let total = 0;
  while (at + 8 <= view.length) {
    const unpackedSize = view.readUInt32BE(at);
    const packedSize = view.readUInt32BE(at + 4);
    if (unpackedSize > size - total || packedSize > view.length - at - 8) break;
    blocks.push(unpackLz4Block(view.subarray(at + 8, at + 8 + packedSize), unpackedSize));
    total += unpackedSize;
    at += 8 + packedSize;
  }
  return at === view.length && total === size ? Buffer.concat(blocks) : unpackLz4Block(packed, size);
}
