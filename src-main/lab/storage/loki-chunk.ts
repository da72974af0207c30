import { deflateRawSync, gzipSync, zstdCompressSync } from "node:zlib";
import { crc32c } from "@node-rs/crc32";
import { compressFrameSync } from "lz4-napi";
import { compressSync } from "snappy";
import { streamHash } from "../../../src-shared/logql/pipeline/stream-hash.ts";
import type { LabelSet } from "../../../src-shared/model/labels.ts";
import { formatChunkKey, type ChunkKey } from "../../core/common/loki-format/chunk-key.ts";
import { codecNumber, type ChunkCodec } from "../../core/common/loki-format/decompress.ts";
import { ByteWriter } from "./byte-writer.ts";

export interface ChunkEntry {
  readonly timestampNs: bigint;
  readonly line: Uint8Array;
  readonly metadata?: LabelSet;
}

export interface ChunkRecipe {
  readonly version: 1 | 2 | 3 | 4;
  readonly codec: ChunkCodec;
  readonly tenant: string;
  readonly labels: LabelSet;
  /** Entries by block, ascending in time. */
  readonly blocks: readonly (readonly ChunkEntry[])[];
  /** Added to every offset in the table: what an old ingester's bug did. */
  readonly offsetError?: number;
  /** What the table says of how much a block unpacks to. */
  readonly uncompressedBytes?: number;
  /** What the table says of how many entries a block has. */
  readonly countedEntries?: number;
  /** Added to every reference to a symbol. */
  readonly symbolShift?: number;
  /** Old Cortex left the length field out of the metadata's length. */
  readonly oldMetadataLength?: boolean;
  readonly fingerprint?: bigint;
}

export interface BuiltChunk {
  readonly bytes: Buffer;
  readonly key: ChunkKey;
  readonly name: string;
  /** Where the inner chunk begins in the object. */
  readonly dataStart: number;
  /** Offsets of blocks within the inner chunk, with their lengths without checksum. */
  readonly blocks: readonly { readonly offset: number; readonly length: number }[];
  /** What all blocks unpack to. */
  readonly plainBytes: number;
}

export function uvarint(value: number | bigint): Buffer {
  const bytes: number[] = [];
  let rest = BigInt(value);
  for (; rest >= 128n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Buffer.from([...bytes, Number(rest)]);
}

export function varint(value: bigint): Buffer {
  return uvarint(BigInt.asUintN(64, (value << 1n) ^ (value >> 63n)));
}

export function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
}

function u64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}

export function snappyFrames(plain: Uint8Array): Buffer {
  const parts: Buffer[] = [Buffer.from([0xff, 6, 0, 0]), Buffer.from("sNaPpY")];
  for (let at = 0; at < plain.length; at += 65_536) {
    const piece = Buffer.from(plain.subarray(at, at + 65_536));
    const packed = compressSync(piece);
    const body = packed.length < piece.length ? packed : piece;
    const checksum = crc32c(piece);
    const masked = (((checksum >>> 15) | (checksum << 17)) + 0xa282ead8) >>> 0;
    const head = Buffer.alloc(8);
    head.writeUInt32LE((body === packed ? 0 : 1) | ((body.length + 4) << 8));
    head.writeUInt32LE(masked, 4);
    parts.push(head, body);
  }
  return Buffer.concat(parts);
}

export function compressAs(codec: ChunkCodec, plain: Uint8Array): Uint8Array {
  switch (codec) {
    case "none":
      return plain;
    case "gzip":
      return gzipSync(plain);
    case "flate":
      return deflateRawSync(plain);
    case "zstd":
      return zstdCompressSync(plain);
    case "snappy":
      return snappyFrames(plain);
    case "lz4-64k":
    case "lz4-256k":
    case "lz4-1M":
    case "lz4":
      return compressFrameSync(Buffer.from(plain));
  }
}

class Symbols {
  readonly #numbers = new Map<string, number>();

  number(text: string): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    this.#numbers.set(text, this.#numbers.size);
    return this.#numbers.size - 1;
  }

  section(codec: ChunkCodec): Buffer {
    const texts = [...this.#numbers.keys()].map((text) => Buffer.from(text));
    const plain = Buffer.concat(texts.flatMap((text) => [uvarint(text.length), text]));
    return Buffer.concat([uvarint(texts.length), compressAs(codec, plain)]);
  }
}

function withChecksum(bytes: Uint8Array): Buffer {
  return Buffer.concat([bytes, u32(crc32c(bytes))]);
}

function blockBytes(entries: readonly ChunkEntry[], symbols: Symbols | null, shift: number): Buffer {
  const block = new ByteWriter(entries.reduce((sum, { line }) => sum + line.length + 64, 64));
  const section = new ByteWriter(128);
  for (const { timestampNs, line, metadata } of entries) {
    block.varint(timestampNs);
    block.uvarint(line.length);
    block.append(line);
    if (symbols === null) continue;
    section.at = 0;
    const pairs = Object.entries(metadata ?? {});
    section.uvarint(pairs.length);
    for (const text of pairs.flat()) section.uvarint(shift + symbols.number(text));
    block.uvarint(section.at);
    block.append(section.written);
  }
  return block.written;
}

function innerChunk(recipe: ChunkRecipe): {
  bytes: Buffer;
  blocks: { offset: number; length: number }[];
  plainBytes: number;
} {
  const { version, codec } = recipe;
  const symbols = version === 4 ? new Symbols() : null;
  const plains = recipe.blocks.map((entries) => blockBytes(entries, symbols, recipe.symbolShift ?? 0));
  const head = Buffer.concat([u32(0x012ee56a), Buffer.from(version === 1 ? [1] : [version, codecNumber(codec)])]);
  const section = symbols?.section(codec) ?? null;
  const parts: Buffer[] = section === null ? [head] : [head, withChecksum(section)];
  let offset = Buffer.concat(parts).length;
  const blocks: { offset: number; length: number }[] = [];
  const metas: Buffer[] = [uvarint(recipe.blocks.length)];
  for (const [at, entries] of recipe.blocks.entries()) {
    const plain = plains[at] ?? Buffer.alloc(0);
    const packed = compressAs(version === 1 ? "gzip" : codec, plain);
    const times = entries.map(({ timestampNs }) => timestampNs).sort((a, b) => (a < b ? -1 : 1));
    metas.push(uvarint(recipe.countedEntries ?? entries.length), varint(times[0] ?? 0n), varint(times.at(-1) ?? 0n));
    metas.push(uvarint(offset + (recipe.offsetError ?? 0)));
    if (version >= 3) metas.push(uvarint(recipe.uncompressedBytes ?? plain.length));
    metas.push(uvarint(packed.length));
    parts.push(withChecksum(packed));
    blocks.push({ offset, length: packed.length });
    offset += packed.length + 4;
  }
  const table = Buffer.concat(metas);
  parts.push(withChecksum(table));
  if (section !== null) parts.push(u64(section.length), u64(6), u64(table.length));
  parts.push(u64(offset));
  return { bytes: Buffer.concat(parts), blocks, plainBytes: plains.reduce((sum, { length }) => sum + length, 0) };
}

function seconds(ms: number): string {
  return `${Math.floor(ms / 1_000)}.${String(ms % 1_000).padStart(3, "0")}`;
}

/** A chunk object as an ingester writes it, with the key it would have. */
export function buildChunk(recipe: ChunkRecipe): BuiltChunk {
  const times = recipe.blocks.flat().map(({ timestampNs }) => timestampNs);
  const earliest = times.reduce((a, b) => (b < a ? b : a), times[0] ?? 0n);
  const latest = times.reduce((a, b) => (b > a ? b : a), times[0] ?? 0n);
  const fromMs = Number(earliest / 1_000_000n);
  const throughMs = Number((latest + 999_999n) / 1_000_000n);
  const fingerprint = recipe.fingerprint ?? streamHash(recipe.labels);
  const metric = JSON.stringify({ __name__: "logs", ...recipe.labels });
  const json = `{"fingerprint":${fingerprint},"userID":${JSON.stringify(recipe.tenant)},"from":${seconds(fromMs)},"through":${seconds(throughMs)},"metric":${metric},"encoding":129}\n`;
  const framed = snappyFrames(Buffer.from(json));
  const inner = innerChunk(recipe);
  const metaLength = framed.length + (recipe.oldMetadataLength === true ? 0 : 4);
  const bytes = Buffer.concat([u32(metaLength), framed, u32(inner.bytes.length), inner.bytes]);
  const key = { tenant: recipe.tenant, fingerprint, fromMs, throughMs, checksum: crc32c(bytes) };
  const { blocks, plainBytes } = inner;
  return { bytes, key, name: formatChunkKey(key), dataStart: framed.length + 8, blocks, plainBytes };
}
