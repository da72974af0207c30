import { hash } from "node:crypto";
import type { LabelSet } from "../../../../src-shared/model/labels.ts";

/** Equal for equal metadata, whatever the order of its names. */
export function metadataKey(metadata: LabelSet | undefined): string {
  if (metadata === undefined) return "";
  const names = Object.keys(metadata);
  if (names.length === 0) return "";
  return JSON.stringify(names.sort().map((name) => [name, metadata[name]]));
}

/**
 * Makes 64-bit identities of rows, by which equal rows of two blocks are known: the beginning of SHA-1 over a secret, the
 * line and its metadata, never 0. A plain hash would let whoever writes logs make a line that is taken for another one.
 */
export class RowIdentities {
  readonly #secret: Uint8Array;
  #scratch: Buffer;

  /** `secret` is random, and the same for all blocks of one reading. */
  constructor(secret: Uint8Array) {
    this.#secret = secret;
    this.#scratch = Buffer.allocUnsafeSlow(4_096);
    this.#scratch.set(secret);
  }

  of(bytes: Uint8Array, start: number, end: number, metadata: LabelSet | undefined): bigint {
    const extra = metadata === undefined ? null : Buffer.from(metadataKey(metadata));
    // The line's length stands before it: line and metadata cannot be read as another line with other metadata.
    const from = this.#secret.length + 4;
    const needed = from + end - start + (extra?.length ?? 0);
    if (needed > this.#scratch.length) {
      this.#scratch = Buffer.allocUnsafeSlow(needed * 2);
      this.#scratch.set(this.#secret);
    }
    this.#scratch.writeUInt32LE(end - start, this.#secret.length);
    this.#scratch.set(bytes.subarray(start, end), from);
    if (extra !== null) this.#scratch.set(extra, from + end - start);
    const identity = hash("sha1", this.#scratch.subarray(0, needed), "buffer").readBigUInt64LE(0);
    return identity === 0n ? 1n : identity;
  }
}
