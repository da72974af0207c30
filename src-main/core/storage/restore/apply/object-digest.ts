import { createHash } from "node:crypto";
import type { GetOptions, ObjectStore } from "../../object-store.ts";

/** What an object's bytes come to. */
export interface ObjectDigest {
  readonly sizeBytes: number;
  /** CRC32C of the whole, unsigned: what a chunk's key ends with. */
  readonly crc32c: number;
  /** SHA-256, hex. */
  readonly sha256: string;
}

export type Crc32c = (bytes: Uint8Array, before?: number) => number;

/** Adds up a digest piece by piece. */
export class DigestMeter {
  readonly #crc32c: Crc32c;
  readonly #hash = createHash("sha256");
  #sizeBytes = 0;
  #checksum = 0;

  constructor(crc32c: Crc32c) {
    this.#crc32c = crc32c;
  }

  add(piece: Uint8Array): void {
    this.#sizeBytes += piece.length;
    this.#checksum = this.#crc32c(piece, this.#checksum) >>> 0;
    this.#hash.update(piece);
  }

  /** Once, at the end. */
  digest(): ObjectDigest {
    return { sizeBytes: this.#sizeBytes, crc32c: this.#checksum, sha256: this.#hash.digest("hex") };
  }
}

/** Reads an object through, a piece at a time. Rejects with `storage.*`. */
export async function digestOf(
  store: ObjectStore,
  key: string,
  options: GetOptions,
  crc32c: Crc32c,
  signal: AbortSignal,
): Promise<ObjectDigest> {
  await using body = await store.get(key, options, signal);
  const meter = new DigestMeter(crc32c);
  for await (const piece of body.chunks) meter.add(piece);
  return meter.digest();
}
