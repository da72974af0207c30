/** Pieces of bytes one behind the other with their offsets, as `LogBatch` has lines and extras. */
export class ByteColumn {
  readonly offsets: Uint32Array;
  #bytes: Buffer<ArrayBuffer>;
  #count = 0;
  #used = 0;

  /** `expectedBytes` is a guess; it grows. */
  constructor(maxCount: number, expectedBytes: number) {
    this.offsets = new Uint32Array(maxCount + 1);
    this.#bytes = Buffer.allocUnsafeSlow(Math.max(64, expectedBytes));
  }

  append(source: Uint8Array, start: number, end: number): void {
    this.#reserve(end - start);
    this.#bytes.set(source.subarray(start, end), this.#used);
    this.#end(end - start);
  }

  appendText(text: string): void {
    if (text === "") {
      this.#end(0);
      return;
    }
    this.#reserve(text.length * 3);
    this.#end(this.#bytes.write(text, this.#used));
  }

  /** Buffers of exactly their content, of nobody else's. Ends the column. */
  finish(): { readonly offsets: Uint32Array; readonly bytes: Uint8Array } {
    const offsets = this.#count + 1 === this.offsets.length ? this.offsets : this.offsets.slice(0, this.#count + 1);
    // Made smaller in its place: what is left over is free at once, and not when garbage is collected.
    return { offsets, bytes: new Uint8Array(this.#bytes.buffer.transfer(this.#used)) };
  }

  #reserve(length: number): void {
    const needed = this.#used + length;
    if (needed <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.#bytes.length * 2));
    larger.set(this.#bytes.subarray(0, this.#used));
    this.#bytes = larger;
  }

  #end(length: number): void {
    this.#used += length;
    this.#count += 1;
    this.offsets[this.#count] = this.#used;
  }
}
