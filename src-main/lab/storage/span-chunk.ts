import { traceMetadata } from "../traffic/generated-stream.ts";
import type { BucketStream } from "./bucket-streams.ts";
import { buildChunk, type BuiltChunk, type ChunkEntry } from "./loki-chunk.ts";

/** `chunk_block_size`. */
const BLOCK_BYTES = 256 * 1024;

export interface SpanChunk {
  readonly built: BuiltChunk;
  readonly entries: number;
}

/** The chunk of a stream's five minutes from `first` up to `end`, without it; `null` where nothing was written in them. */
export function spanChunk({ tenant, stream }: BucketStream, first: number, end: number): SpanChunk | null {
  const blocks: ChunkEntry[][] = [[]];
  let entries = 0;
  let bytes = 0;
  for (let block = first; block < end; block += 1) {
    stream.visitBlock(block, (timestampNs, written) => {
      const line = Buffer.from(written.line);
      if (bytes + line.length > BLOCK_BYTES && bytes > 0) {
        blocks.push([]);
        bytes = 0;
      }
      blocks.at(-1)?.push({ timestampNs, line, metadata: traceMetadata(written) });
      bytes += line.length;
      entries += 1;
    });
  }
  if (entries === 0) return null;
  return { built: buildChunk({ version: 4, codec: "snappy", tenant, labels: stream.labels, blocks }), entries };
}
