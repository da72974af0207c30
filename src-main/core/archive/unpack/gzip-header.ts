const FLAG_CHECKSUM = 2;
const FLAG_EXTRA = 4;
const FLAG_NAME = 8;
const FLAG_COMMENT = 16;

/** Bytes of a gzip member's header (RFC 1952 §2.3) at the beginning of `bytes`; `null` where none begins. */
export function gzipHeaderBytes(bytes: Uint8Array): number | "truncated" | null {
  if (bytes[0] !== 0x1f) return null;
  if (bytes.length < 10) return bytes[1] === undefined || bytes[1] === 0x8b ? "truncated" : null;
  if (bytes[1] !== 0x8b || bytes[2] !== 8) return null;
  const flags = bytes[3] ?? 0;
  let at = 10;
  if ((flags & FLAG_EXTRA) !== 0) at += 2 + (bytes[at] ?? 0) + 256 * (bytes[at + 1] ?? 0);
  for (const flag of [FLAG_NAME, FLAG_COMMENT]) {
    if ((flags & flag) === 0) continue;
    const zero = bytes.indexOf(0, at);
    if (zero < 0) return "truncated";
    at = zero + 1;
  }
  if ((flags & FLAG_CHECKSUM) !== 0) at += 2;
  return at > bytes.length ? "truncated" : at;
}
