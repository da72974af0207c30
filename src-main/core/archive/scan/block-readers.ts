import type { BlockPlace, BlockRows, DecodeBlock } from "../archive-block.ts";
import type { BlockReaders } from "./block-scanner.ts";

/** The readers of blocks on disk. What reads a kind is loaded with the first block of it. */
export function createBlockReaders(): BlockReaders {
  let parquet: Promise<DecodeBlock<"parquet">> | null = null;
  const parquetDecoder = async (): Promise<DecodeBlock<"parquet">> => {
    const { createParquetBlockDecoder } = await import("../parquet/decode-parquet-block.ts");
    return createParquetBlockDecoder();
  };
  return {
    async decode(place: BlockPlace): Promise<BlockRows> {
      switch (place.kind) {
        case "parquet":
          return (await (parquet ??= parquetDecoder()))(place);
        case "text":
          return (await import("../text/decode-text-block.ts")).decodeTextBlock(place);
        case "chunk":
          return (await import("../bucket/decode-chunk-block.ts")).decodeChunkBlock(place);
      }
    },
    indexText: async (place) => (await import("../text/index-text-block.ts")).indexTextBlock(place),
    chunkHead: async (place) => (await import("../bucket/chunk-head-of-file.ts")).chunkHead(place),
  };
}
