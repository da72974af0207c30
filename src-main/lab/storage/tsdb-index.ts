import { gzipSync } from "node:zlib";
import { crc32c } from "@node-rs/crc32";
import { streamHash } from "../../../src-shared/logql/pipeline/stream-hash.ts";
import type { LabelSet } from "../../../src-shared/model/labels.ts";
import type { IndexKey } from "../../core/common/loki-format/tsdb/index-key.ts";
import { ByteWriter } from "./byte-writer.ts";
import { writeChunkMetas } from "./tsdb-chunks.ts";

export interface TsdbChunkRecipe {
  readonly fromMs: number;
  readonly throughMs: number;
  readonly kibibytes: number;
  readonly entries: number;
  readonly checksum: number;
}

export interface TsdbSeriesRecipe {
  readonly labels: LabelSet;
  /** Ascending by their beginning. */
  readonly chunks: readonly TsdbChunkRecipe[];
  /** Of a file of several tenants: a label more, which the fingerprint leaves out. */
  readonly tenant?: string;
}

export interface TsdbRecipe {
  readonly tenant: string;
  readonly table: string;
  readonly createdMs: number;
  readonly series: readonly TsdbSeriesRecipe[];
  /** 2 by default, with what a reader of all series needs; 3 with all that Loki 3 writes. */
  readonly version?: 2 | 3;
}

export interface BuiltIndex {
  readonly name: string;
  readonly key: Extract<IndexKey, { readonly kind: "compacted" }>;
  /** Packed, as it is in the bucket. */
  readonly bytes: Buffer;
}

/** The label that tells tenants apart in files of ingesters. */
export const TENANT_LABEL = "__loki_tenant__";
const FINGERPRINT_SAMPLE = 1_024;

interface WrittenSeries {
  readonly pairs: readonly (readonly [string, string])[];
  readonly fingerprint: bigint;
  readonly chunks: readonly TsdbChunkRecipe[];
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

function orderedSeries({ series }: TsdbRecipe): readonly WrittenSeries[] {
  return series
    .map(({ labels, chunks, tenant }): WrittenSeries => {
      const all = tenant === undefined ? labels : { ...labels, [TENANT_LABEL]: tenant };
      const pairs = Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1));
      return { pairs, fingerprint: streamHash(labels), chunks };
    })
    .sort((a, b) => {
      if (a.fingerprint !== b.fingerprint) return a.fingerprint < b.fingerprint ? -1 : 1;
      return JSON.stringify(a.pairs) < JSON.stringify(b.pairs) ? -1 : 1;
    });
}

/** Series, each at 16 bytes' boundary; where each begins. */
function writeSeries(
  file: ByteWriter,
  series: readonly WrittenSeries[],
  symbols: ReadonlyMap<string, number>,
  version: 2 | 3,
): readonly number[] {
  return series.map(({ pairs, chunks, fingerprint }) => {
    const body = new ByteWriter();
    body.u64(fingerprint);
    body.uvarint(pairs.length);
    for (const text of pairs.flat()) body.uvarint(symbols.get(text) ?? 0);
    writeChunkMetas(body, chunks, version);
    file.align(16);
    const offset = file.at;
    file.uvarint(body.at);
    file.append(body.written);
    file.u32(crc32c(body.written));
    return offset;
  });
}

/** The index of each label's values, and where each is. */
function writeLabelIndices(
  file: ByteWriter,
  valuesOf: ReadonlyMap<string, readonly string[]>,
  symbols: ReadonlyMap<string, number>,
): readonly (readonly [string, number])[] {
  return [...valuesOf].map(([name, values]) => {
    file.align(4);
    const at = section(file, (content) => {
      content.u32(1);
      content.u32(values.length);
      for (const value of values) content.u32(symbols.get(value) ?? 0);
    });
    return [name, at] as const;
  });
}

function postingsList(file: ByteWriter, offsets: readonly number[]): number {
  file.align(4);
  return section(file, (content) => {
    content.u32(offsets.length);
    for (const offset of offsets) content.u32(offset / 16);
  });
}

/** An index file, compacted for one tenant; the bytes are as good for a file of ingesters, which is named otherwise. */
export function buildTsdbIndex(recipe: TsdbRecipe): BuiltIndex {
  const { tenant, table, createdMs, version = 2 } = recipe;
  const series = orderedSeries(recipe);
  const texts = [...new Set(series.flatMap(({ pairs }) => pairs.flat()))].sort();
  const numbers = new Map(texts.map((text, at) => [text, at]));
  const file = new ByteWriter();
  file.u32(0xba_aa_d7_00);
  file.u8(version);
  const symbols = section(file, (content) => {
    content.u32(texts.length);
    for (const text of texts) content.text(text);
  });
  file.align(16);
  const seriesAt = file.at;
  const offsets = writeSeries(file, series, numbers, version);
  const pairsOf = version === 3 ? labelValues(series, offsets) : new Map<string, Map<string, number[]>>();
  file.align(4);
  const labelIndices = version === 3 ? file.at : 0;
  const indices = writeLabelIndices(
    file,
    new Map([...pairsOf].map(([name, values]) => [name, [...values.keys()].sort()])),
    numbers,
  );
  file.align(4);
  const postings = file.at;
  const lists: (readonly [string, string, number])[] = [["", "", postingsList(file, offsets)]];
  for (const [name, values] of pairsOf) {
    for (const value of [...values.keys()].sort())
      lists.push([name, value, postingsList(file, values.get(value) ?? [])]);
  }
  const samples = offsets.flatMap((offset, at) =>
    at % FINGERPRINT_SAMPLE === 0 ? [[offset, series[at]] as const] : [],
  );
  const fingerprints =
    version === 2
      ? 0
      : section(file, (content) => {
          content.u32(samples.length);
          for (const [offset, each] of samples) {
            content.u64(BigInt(offset / 16));
            content.u64(each?.fingerprint ?? 0n);
          }
        });
  const labelTable =
    version === 2
      ? 0
      : section(file, (content) => {
          content.u32(indices.length);
          for (const [name, at] of indices) {
            content.uvarint(1);
            content.text(name);
            content.uvarint(at);
          }
        });
  const postingsTable = section(file, (content) => {
    content.u32(lists.length);
    for (const [name, value, at] of lists) {
      content.uvarint(2);
      content.text(name);
      content.text(value);
      content.uvarint(at);
    }
  });
  const times = recipe.series.flatMap(({ chunks }) => chunks);
  const fromMs = times.reduce((least, chunk) => Math.min(least, chunk.fromMs), Number.POSITIVE_INFINITY);
  const throughMs = times.reduce((most, chunk) => Math.max(most, chunk.throughMs), 0);
  const toc = new ByteWriter(128);
  for (const at of [symbols, seriesAt, labelIndices, labelTable, postings, postingsTable, fingerprints])
    toc.u64(BigInt(at));
  toc.u64(BigInt(fromMs));
  toc.u64(BigInt(throughMs));
  const checksum = crc32c(toc.written);
  file.append(toc.written);
  file.u32(checksum);
  return {
    name: `${createdMs}-compactor-${fromMs}-${throughMs}-${checksum.toString(16)}.tsdb.gz`,
    key: { kind: "compacted", table, tenant, createdMs, fromMs, throughMs, checksum },
    bytes: gzipSync(file.written),
  };
}

/** Which series have a label's value: names ascending, offsets as they lie. */
function labelValues(
  series: readonly WrittenSeries[],
  offsets: readonly number[],
): ReadonlyMap<string, ReadonlyMap<string, number[]>> {
  const found = new Map<string, Map<string, number[]>>();
  for (const [at, { pairs }] of series.entries()) {
    for (const [name, value] of pairs) {
      const values = found.get(name) ?? new Map<string, number[]>();
      found.set(name, values);
      const list = values.get(value) ?? [];
      values.set(value, list);
      list.push(offsets[at] ?? 0);
    }
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}
