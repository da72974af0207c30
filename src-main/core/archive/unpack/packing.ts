export type Packing = "gzip" | "zstd" | "zip";

/** How a file is packed, by its first bytes; its name says nothing. `null` for what is not packed, or not in these ways. */
export function packingOf(head: Uint8Array): Packing | null {
  if (head[0] === 0x1f && head[1] === 0x8b && head[2] === 8) return "gzip";
  if (isZstdFrame(head, 0)) return "zstd";
  if (head[0] === 0x50 && head[1] === 0x4b && head[2] === 3 && head[3] === 4) return "zip";
  return null;
}

/** RFC 8878 §3.1: a frame, or a frame to be skipped. */
export function isZstdFrame(bytes: Uint8Array, at: number): boolean {
  if (bytes[at] === 0x28 && bytes[at + 1] === 0xb5 && bytes[at + 2] === 0x2f && bytes[at + 3] === 0xfd) return true;
  const skippable = ((bytes[at] ?? 0) & 0xf0) === 0x50;
  return skippable && bytes[at + 1] === 0x2a && bytes[at + 2] === 0x4d && bytes[at + 3] === 0x18;
}
