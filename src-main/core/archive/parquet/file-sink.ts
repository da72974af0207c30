import { createHash, type Hash } from "node:crypto";
import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";
import { ByteWriter } from "hyparquet-writer";
import { guardWrite } from "./write-error.ts";

const FLUSH_BYTES = 1024 * 1024;

/**
 * Where hyparquet-writer writes to: a new file, in order, with the SHA-256 of what was written. Synchronous, so for worker
 * threads.
 */
export class FileSink extends ByteWriter {
  readonly file: string;
  readonly #hash: Hash = createHash("sha256");
  #handle: number | null;

  /** @throws `files.disk-full`, `files.unwritable` */
  constructor(file: string) {
    super(FLUSH_BYTES + 64 * 1024);
    this.file = file;
    this.#handle = guardWrite(file, () => openSync(file, "wx", 0o600));
  }

  override ensure(size: number): void {
    if (this.index + size > this.buffer.byteLength && this.index > 0) this.#write();
    super.ensure(size);
  }

  override appendBytes(value: Uint8Array): void {
    if (value.length < FLUSH_BYTES) {
      super.appendBytes(value);
      return;
    }
    this.#write();
    this.#writeAll(value);
    this.offset += value.length;
  }

  /** Called by the library's `finish`. */
  override finish(): void {
    this.#write();
  }

  /** On disk when it returns. */
  closeSynced(): { readonly sizeBytes: number; readonly sha256: string } {
    const handle = this.#open();
    guardWrite(this.file, () => fsyncSync(handle));
    this.close();
    return { sizeBytes: this.offset, sha256: this.#hash.digest("hex") };
  }

  close(): void {
    const handle = this.#handle;
    this.#handle = null;
    if (handle !== null) closeSync(handle);
  }

  #write(): void {
    if (this.index === 0) return;
    this.#writeAll(new Uint8Array(this.buffer, 0, this.index));
    this.index = 0;
  }

  #writeAll(bytes: Uint8Array): void {
    const handle = this.#open();
    this.#hash.update(bytes);
    guardWrite(this.file, () => {
      let at = 0;
      while (at < bytes.length) at += writeSync(handle, bytes, at);
    });
  }

  #open(): number {
    if (this.#handle === null) throw new Error("the file is closed");
    return this.#handle;
  }
}
