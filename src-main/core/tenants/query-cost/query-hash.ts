const OFFSET_BASIS = 2_166_136_261;
const PRIME = 16_777_619;

/**
 * The hash that Loki gives a query in `query_hash` and takes in `blocked_queries[].hash`: FNV-1, 32 bits, of its UTF-8 bytes
 * (Go `fnv.New32`: first multiply, then xor). As an unsigned number.
 */
export function queryHash(query: string): number {
  let hash = OFFSET_BASIS;
  for (const byte of new TextEncoder().encode(query)) hash = Math.imul(hash, PRIME) ^ byte;
  return hash >>> 0;
}
