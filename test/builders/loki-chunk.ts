/** The lab writes chunks of its own; tests write them with the same hand. */
export {
  buildChunk,
  type BuiltChunk,
  type ChunkEntry,
  type ChunkRecipe,
  compressAs,
  snappyFrames,
  u32,
  uvarint,
  varint,
} from "../../src-main/lab/storage/loki-chunk.ts";
