import { constants, gunzipSync, inflateRawSync, zstdDecompressSync } from "node:zlib";
import { decompressFrameSync } from "lz4-napi";
import type { Decompressed } from "./decompressed.ts";
import { lz4FrameBound } from "./lz4-bound.ts";
import { decompressSnappyFrames } from "./snappy-frames.ts";

/** By number as a chunk's header has it (Loki `pkg/compression/codec.go`). 2, "dumb", is supported by nobody. */
const CODEC_BY_NUMBER = [
  "none",
  "gzip",
  null,
  "lz4-64k",
  "snappy",
  "lz4-256k",
  "lz4-1M",
  "lz4",
  "flate",
  "zstd",
] as const;

export type ChunkCodec = NonNullable<(typeof CODEC_BY_NUMBER)[number]>;

export function codecOf(number: number): ChunkCodec | null {
  return CODEC_BY_NUMBER[number] ?? null;
}

export function codecNumber(codec: ChunkCodec): number {
  return CODEC_BY_NUMBER.indexOf(codec);
}

function caught(error: unknown): Decompressed {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const problem = error instanceof Error ? error.message.slice(0, 200) : "unknown";
  if (code === "ERR_BUFFER_TOO_LARGE") return { ok: false, tooLarge: true, atByte: 0, problem };
  return { ok: false, atByte: 0, problem };
}

function withinLimit(bytes: Uint8Array, maxBytes: number): Decompressed {
  if (bytes.length <= maxBytes) return { ok: true, bytes };
  return { ok: false, tooLarge: true, atByte: 0, problem: `${bytes.length} bytes unpacked` };
}

function decompressLz4(bytes: Uint8Array, maxBytes: number, hardMaxBytes: number): Decompressed {
  const bound = lz4FrameBound(bytes);
  if (!bound.ok) return bound;
  if (bound.maxBytes > hardMaxBytes) {
    return { ok: false, tooLarge: true, atByte: 0, problem: `up to ${bound.maxBytes} bytes unpacked` };
  }
  return withinLimit(decompressFrameSync(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)), maxBytes);
}

/**
 * Unpacks a block of a chunk. Never throws and never makes more than `maxBytes` (lz4, whose library knows no limit, more than
 * `hardMaxBytes`). No bytes are no bytes in every codec: Loki's writers put nothing where there was nothing to compress.
 */
export function decompress(
  codec: ChunkCodec,
  bytes: Uint8Array,
  maxBytes: number,
  hardMaxBytes: number = maxBytes,
): Decompressed {
  if (bytes.length === 0) return { ok: true, bytes };
  try {
    switch (codec) {
      case "none":
        return withinLimit(bytes, maxBytes);
      case "snappy":
        return decompressSnappyFrames(bytes, maxBytes);
      case "gzip":
        return { ok: true, bytes: gunzipSync(bytes, { maxOutputLength: Math.max(1, maxBytes) }) };
      case "flate":
        return {
          ok: true,
          bytes: inflateRawSync(bytes, { maxOutputLength: Math.max(1, maxBytes), finishFlush: constants.Z_FINISH }),
        };
      case "zstd":
        return { ok: true, bytes: zstdDecompressSync(bytes, { maxOutputLength: Math.max(1, maxBytes) }) };
      case "lz4-64k":
      case "lz4-256k":
      case "lz4-1M":
      case "lz4":
        return decompressLz4(bytes, maxBytes, hardMaxBytes);
    }
  } catch (error) {
    return caught(error);
  }
}
