const OFFSET = 2_166_136_261;
const PRIME = 16_777_619;

/** Which of `count` buckets Loki keeps a key in: FNV-1a of 32 bits over the key's bytes, modulo (Loki 3.7 `s3_storage_client.go`). */
export function bucketIndex(key: string, count: number): number {
  let hash = OFFSET;
  for (const byte of Buffer.from(key)) hash = Math.imul(hash ^ byte, PRIME);
  return (hash >>> 0) % count;
}
