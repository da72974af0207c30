import type { BlockPlace } from "../archive-block.ts";

/** A block of a text file. */
export type TextPlace = Extract<BlockPlace, { readonly kind: "text" }>;
