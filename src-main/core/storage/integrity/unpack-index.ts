import { gunzipSync } from "node:zlib";

/** An index file unpacks to some hundred megabytes; Loki holds it in memory as well. */
export const INDEX_MAX_BYTES = 2 * 2 ** 30;
/** Index files pack five to tenfold, gzip at most a thousandfold: what is between is no index. */
const MAX_RATIO = 100;
const SMALL_BYTES = 16 * 2 ** 20;

/** An index file as it is in the bucket, unpacked where it is packed. Never makes more than the limit, nor more than an index file of this size can have. */
export function unpackIndex(
  packed: Uint8Array,
  maxBytes: number,
): { readonly bytes: Uint8Array | null; readonly problem: string } {
  // Old compactors left files unpacked.
  if (packed[0] !== 0x1f || packed[1] !== 0x8b) {
    return packed[0] === 0xba ? { bytes: packed, problem: "" } : { bytes: null, problem: "not gzip" };
  }
  const most = Math.min(maxBytes, Math.max(SMALL_BYTES, packed.length * MAX_RATIO));
  try {
    return { bytes: gunzipSync(packed, { maxOutputLength: most }), problem: "" };
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE") {
      return { bytes: null, problem: `unpacks to more than ${most} bytes` };
    }
    return { bytes: null, problem: error instanceof Error ? error.message.slice(0, 200) : "gzip" };
  }
}
