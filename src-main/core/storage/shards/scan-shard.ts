import { crc32c } from "@node-rs/crc32";
import { parseChunkKey, type ChunkKey } from "../../common/loki-format/chunk-key.ts";

/** One of `count` parts of a bucket's objects, `0 ≤ index < count`. */
export interface ScanShard {
  readonly index: number;
  readonly count: number;
}

/** All chunks of a stream are of one shard: streams that shards count add up. */
export function ownsChunk(
  shard: ScanShard,
  { tenant, fingerprint }: Pick<ChunkKey, "tenant" | "fingerprint">,
): boolean {
  return crc32c(`${tenant}/${fingerprint.toString(16)}`) % shard.count === shard.index;
}

/** Whose an object, or one that is missing, is by its key. */
export function ownsKey(shard: ScanShard, key: string): boolean {
  const chunk = parseChunkKey(key)?.key;
  return chunk === undefined ? crc32c(key) % shard.count === shard.index : ownsChunk(shard, chunk);
}
