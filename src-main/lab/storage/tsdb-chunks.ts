import { ByteWriter } from "./byte-writer.ts";
import type { TsdbChunkRecipe } from "./tsdb-index.ts";

const PAGE_CHUNKS = 16;

/** The chunks of a series: version 3 has a marker for every page of 16 in front (Loki `tsdb/index/chunk.go`). */
export function writeChunkMetas(body: ByteWriter, chunks: readonly TsdbChunkRecipe[], version: 2 | 3): void {
  body.uvarint(chunks.length);
  const list = new ByteWriter(chunks.length * 24 + 64);
  const pages: number[] = [];
  let before = 0;
  for (const [at, { fromMs, throughMs, kibibytes, entries, checksum }] of chunks.entries()) {
    if (at % PAGE_CHUNKS === 0) pages.push(list.at);
    list.varint(BigInt(fromMs - before));
    list.uvarint(throughMs - fromMs);
    list.uvarint(kibibytes);
    list.uvarint(entries);
    list.u32(checksum);
    before = throughMs;
  }
  if (version === 3) writeMarkers(body, chunks, pages);
  body.append(list.written);
}

function writeMarkers(body: ByteWriter, chunks: readonly TsdbChunkRecipe[], pages: readonly number[]): void {
  const markers = new ByteWriter(1_024);
  markers.uvarint(pages.length);
  for (const [page, offset] of pages.entries()) {
    const own = chunks.slice(page * PAGE_CHUNKS, (page + 1) * PAGE_CHUNKS);
    const fromMs = own.reduce((least, chunk) => Math.min(least, chunk.fromMs), Number.POSITIVE_INFINITY);
    const throughMs = own.reduce((most, chunk) => Math.max(most, chunk.throughMs), 0);
    markers.uvarint(own.length);
    markers.u32(own.reduce((sum, { kibibytes }) => sum + kibibytes, 0));
    markers.u32(own.reduce((sum, { entries }) => sum + entries, 0));
    markers.uvarint(offset);
    markers.varint(BigInt(fromMs));
    markers.varint(BigInt(throughMs - fromMs));
  }
  body.u32(markers.at);
  body.append(markers.written);
}
