import type { BlockPlace, BlockRows } from "../archive-block.ts";

export type TextPlace = Extract<BlockPlace, { readonly kind: "text" }>;

/** The rows of a block of a text file; see `BlockRows`. Throws `archive.changed` where the file is not what was opened. */
export function decodeTextBlock(place: TextPlace): BlockRows {
  throw new Error(`not reached before the reader is in: ${place.file}`);
}
