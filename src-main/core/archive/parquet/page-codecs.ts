import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from "node:zlib";
import type { CompressionCodec } from "hyparquet";
import { snappyUncompress } from "hyparquet/src/snappy.js";
import { uncompressSync } from "lz4-napi";
import { ParquetDamage } from "./parquet-damage.ts";

/** A page of more is none that this program reads: its rows would not fit into a block. */
const LARGEST_PAGE = 1024 * 1024 * 1024;

/**
 * Unpacks a page into exactly `target`.
 *
 * Snappy by hyparquet's own code, which writes in place: 0.8 GB/s, and no claim in the data makes it allocate. The native
 * one is as fast once its copy is copied.
 *
 * @throws `ParquetDamage`, or the codec's own error, where the page is not of this size
 */
export function unpackInto(codec: CompressionCodec, packed: Uint8Array, target: Uint8Array): void {
  if (codec === "SNAPPY") {
    if (packed.length > 0) snappyUncompress(packed, target);
    else if (target.length > 0) throw new ParquetDamage("an empty page");
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
    default:
      throw new ParquetDamage(`compression ${codec} is not known`);
  }
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
