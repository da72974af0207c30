import { S3Problem } from "./s3-problem.ts";

/** The bytes of all buckets, those that are in several of them once. Full, it takes no more. */
export class HeldBytes {
  readonly #uses = new Map<Uint8Array, number>();
  readonly #maxBytes: number;
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get maxBytes(): number {
    return this.#maxBytes;
  }

  /** @throws S3Problem `XMinioStorageFull` */
  hold(bytes: Uint8Array): void {
    const uses = this.#uses.get(bytes) ?? 0;
    if (uses === 0) {
      if (this.#bytes + bytes.length > this.#maxBytes) throw new S3Problem("XMinioStorageFull");
      this.#bytes += bytes.length;
    }
    this.#uses.set(bytes, uses + 1);
  }

  release(bytes: Uint8Array): void {
    const uses = this.#uses.get(bytes) ?? 0;
    if (uses > 1) this.#uses.set(bytes, uses - 1);
    else if (this.#uses.delete(bytes)) this.#bytes -= bytes.length;
  }
}
