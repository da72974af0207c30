import type { DecodeBlock } from "../archive-block.ts";

/** Reads row groups; keeps the footers of the last files it read, so one serves a worker thread for its life. */
export function createParquetBlockDecoder(): DecodeBlock<"parquet"> {
  return async (place) => {
    throw new Error(`in the making: ${place.file}`);
  };
}
