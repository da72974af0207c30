import type { BlockRows } from "../archive-block.ts";
import { readTextBlock } from "./read-text-block.ts";
import type { TextPlace } from "./text-place.ts";

/**
 * The rows of a block of a text file, in the order in which their first lines stand in it; see `BlockRows`. Runs in a worker
 * thread. Throws `archive.changed` where the file is shorter than when it was opened, gone or another one.
 */
export function decodeTextBlock(place: TextPlace): BlockRows {
  return readTextBlock(place).rows;
}
