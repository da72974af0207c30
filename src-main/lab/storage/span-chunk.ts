import { NS_PER_MS } from "../../../src-shared/model/nano-time.ts";
import { BLOCK_MS } from "../traffic/generated-stream.ts";
import type { BucketStream } from "./bucket-streams.ts";
import { buildChunk, type BuiltChunk, type ChunkEntry } from "./loki-chunk.ts";

/** `chunk_block_size`. */
const BLOCK_BYTES = 256 * 1024;

export interface SpanChunk {
  readonly built: BuiltChunk;
  readonly entries: number;
}

/** The chunk of a stream's blocks, from the first and before the last; `null` where nothing was written in them. */
export function spanChunk({ tenant, stream }: BucketStream, firstBlock: number, endBlock: number): SpanChunk | null {
  const startNs = BigInt(firstBlock * BLOCK_MS) * NS_PER_MS;
  const endNs = BigInt(endBlock * BLOCK_MS) * NS_PER_MS;
  const blocks: ChunkEntry[][] = [[]];
  let entries = 0;
  let bytes = 0;
  for (const ref of stream.chunks(startNs, endNs - 1n)) {
    const chunk = ref.open();
    for (let index = 0; index < chunk.count; index += 1) {
      const line = Buffer.from(chunk.lineAt(index));
      if (bytes + line.length > BLOCK_BYTES && bytes > 0) {
        blocks.push([]);
        bytes = 0;
      }
      blocks.at(-1)?.push({ timestampNs: chunk.timestampAt(index), line, metadata: chunk.metadataAt(index) });
      bytes += line.length;
      entries += 1;
    }
  }
  if (entries === 0) return null;
  return { built: buildChunk({ version: 4, codec: "snappy", tenant, labels: stream.labels, blocks }), entries };
}
