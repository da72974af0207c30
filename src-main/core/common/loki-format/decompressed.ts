/** `atByte` counts in the compressed bytes and is 0 where the library does not say. */
export type Decompressed =
  | { readonly ok: true; readonly bytes: Uint8Array }
  | { readonly ok: false; readonly tooLarge?: true; readonly atByte: number; readonly problem: string };
