import { gzipSync } from "node:zlib";
import { crc32c } from "@node-rs/crc32";
import { streamHash } from "../../src-shared/logql/pipeline/stream-hash.ts";
import type { LabelSet } from "../../src-shared/model/labels.ts";
import type { IndexKey } from "../../src-main/core/common/loki-format/tsdb/index-key.ts";

export interface TsdbChunkRecipe {
  readonly fromMs: number;
  readonly throughMs: number;
  readonly kibibytes: number;
  readonly entries: number;
  readonly checksum: number;
}

export interface TsdbRecipe {
  readonly tenant: string;
  readonly table: string;
  readonly createdMs: number;
  /** Chunks ascending by their beginning. */
  readonly series: readonly { readonly labels: LabelSet; readonly chunks: readonly TsdbChunkRecipe[] }[];
}

export interface BuiltIndex {
  readonly name: string;
  readonly key: Extract<IndexKey, { readonly kind: "compacted" }>;
  /** Packed, as it is in the bucket. */
  readonly bytes: Buffer;
}

/** Bytes that grow. */
class ByteWriter {
  #bytes = Buffer.alloc(65_536);
  at = 0;

  u8(value: number): void {
    this.#reserve(1);
    this.#bytes[this.at] = value;
    this.at += 1;
  }

  u32(value: number): void {
    this.#reserve(4);
    this.at = this.#bytes.writeUInt32BE(value >>> 0, this.at);
  }

  u64(value: bigint): void {
    this.#reserve(8);
    this.at = this.#bytes.writeBigUInt64BE(BigInt.asUintN(64, value), this.at);
  }

  uvarint(value: number): void {
    let rest = value;
    for (; rest >= 128; rest = Math.floor(rest / 128)) this.u8((rest % 128) | 128);
    this.u8(rest);
  }

  text(text: string): void {
    const bytes = Buffer.from(text);
    this.uvarint(bytes.length);
    this.append(bytes);
  }

  append(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.at);
    this.at += bytes.length;
  }

  align(bytes: number): void {
    while (this.at % bytes !== 0) this.u8(0);
  }

  get written(): Buffer {
    return this.#bytes.subarray(0, this.at);
  }

  #reserve(more: number): void {
    if (this.at + more <= this.#bytes.length) return;
    const larger = Buffer.alloc(Math.max(this.at + more, this.#bytes.length * 2));
    larger.set(this.written);
    this.#bytes = larger;
  }
}

/** `u32 length | content | u32 CRC32C`. */
function section(file: ByteWriter, write: (content: ByteWriter) => void): number {
  const content = new ByteWriter();
  write(content);
  const { at } = file;
  file.u32(content.at);
  file.append(content.written);
  file.u32(crc32c(content.written));
  return at;
}

function writeSeries(file: ByteWriter, recipe: TsdbRecipe, symbols: ReadonlyMap<string, number>): readonly number[] {
  const series = recipe.series
    .map((each) => ({ ...each, fingerprint: streamHash(each.labels) }))
    .sort((a, b) => (a.fingerprint < b.fingerprint ? -1 : 1));
  return series.map(({ labels, chunks, fingerprint }) => {
    const body = new ByteWriter();
    body.u64(fingerprint);
    const pairs = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
    body.uvarint(pairs.length);
    for (const text of pairs.flat()) body.uvarint(symbols.get(text) ?? 0);
    body.uvarint(chunks.length);
    let before = 0;
    for (const { fromMs, throughMs, kibibytes, entries, checksum } of chunks) {
      const delta = fromMs - before;
      body.uvarint(delta >= 0 ? delta * 2 : -delta * 2 - 1);
      body.uvarint(throughMs - fromMs);
      body.uvarint(kibibytes);
      body.uvarint(entries);
      body.u32(checksum);
      before = throughMs;
    }
    file.align(16);
    const offset = file.at;
    file.uvarint(body.at);
    file.append(body.written);
    file.u32(crc32c(body.written));
    return offset;
  });
}

/** A compacted index file of version 2 with the postings of all series alone: what a reader of all series needs. */
export function buildTsdbIndex(recipe: TsdbRecipe): BuiltIndex {
  const texts = [...new Set(recipe.series.flatMap(({ labels }) => Object.entries(labels).flat()))].sort();
  const file = new ByteWriter();
  file.u32(0xba_aa_d7_00);
  file.u8(2);
  const symbols = section(file, (content) => {
    content.u32(texts.length);
    for (const text of texts) content.text(text);
  });
  file.align(16);
  const series = file.at;
  const offsets = writeSeries(file, recipe, new Map(texts.map((text, at) => [text, at])));
  file.align(4);
  const postings = section(file, (content) => {
    content.u32(offsets.length);
    for (const offset of offsets) content.u32(offset / 16);
  });
  const postingsTable = section(file, (content) => {
    content.u32(1);
    content.uvarint(2);
    content.text("");
    content.text("");
    content.uvarint(postings);
  });
  const times = recipe.series.flatMap(({ chunks }) => chunks);
  const fromMs = times.reduce((least, chunk) => Math.min(least, chunk.fromMs), Number.POSITIVE_INFINITY);
  const throughMs = times.reduce((most, chunk) => Math.max(most, chunk.throughMs), 0);
  const toc = new ByteWriter();
  for (const at of [symbols, series, 0, 0, postings, postingsTable, 0]) toc.u64(BigInt(at));
  toc.u64(BigInt(fromMs));
  toc.u64(BigInt(throughMs));
  const checksum = crc32c(toc.written);
  file.append(toc.written);
  file.u32(checksum);
  const { tenant, table, createdMs } = recipe;
  return {
    name: `${createdMs}-compactor-${fromMs}-${throughMs}-${checksum.toString(16)}.tsdb.gz`,
    key: { kind: "compacted", table, tenant, createdMs, fromMs, throughMs, checksum },
    bytes: gzipSync(file.written),
  };
}
