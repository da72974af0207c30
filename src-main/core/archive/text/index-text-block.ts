import type { TextBlockIndex } from "../archive-contents.ts";
import type { TextPlace } from "./decode-text-block.ts";

/** What a block of a text file holds, without its rows. Throws `archive.changed` where the file is not what was opened. */
export function indexTextBlock(place: TextPlace): TextBlockIndex {
  throw new Error(`not reached before the reader is in: ${place.file}`);
}
