import { open, statfs, type FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import { Writable } from "node:stream";
import { callbackify } from "node:util";
import { AppError } from "../../../../src-shared/errors/app-error.ts";

/** Bytes that unpacking leaves free on the disk. */
const KEPT_FREE_BYTES = 128 * 2 ** 20;

/** A file in the work directory that may not grow beyond a limit, nor fill the disk. */
export class WorkFile implements AsyncDisposable {
  readonly path: string;
  readonly #handle: FileHandle;
  readonly #part: string;
  readonly #limitBytes: number;
  #bytes = 0;

  private constructor(path: string, handle: FileHandle, part: string, limitBytes: number) {
    this.path = path;
    this.#handle = handle;
    this.#part = part;
    this.#limitBytes = limitBytes;
  }

  /** `part` is what errors name; the limit is `maxBytes`, or what the disk has to spare where that is less. */
  static async create(path: string, part: string, maxBytes: number): Promise<WorkFile> {
    const { bavail, bsize } = await statfs(dirname(path));
    const limitBytes = Math.max(0, Math.min(maxBytes, bavail * bsize - KEPT_FREE_BYTES));
    return new WorkFile(path, await open(path, "wx", 0o600), part, limitBytes);
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Throws `archive.unpack-too-large` before the limit is passed, `files.disk-full` where others have filled the disk. */
  async write(chunk: Uint8Array): Promise<void> {
    if (this.#bytes + chunk.length > this.#limitBytes) {
      throw new AppError("archive.unpack-too-large", { part: this.#part, limitBytes: this.#limitBytes });
    }
    let written = 0;
    while (written < chunk.length) {
      // oxlint-disable-next-line no-await-in-loop -- one write after another
      written += await this.#writeSome(chunk.subarray(written), this.#bytes + written);
    }
    this.#bytes += written;
  }

  /** Takes back what was written past `bytes`. */
  async rewind(bytes: number): Promise<void> {
    await this.#handle.truncate(bytes);
    this.#bytes = bytes;
  }

  /** As the end of a chain of streams; `look` sees each chunk. */
  asWritable(look: (chunk: Uint8Array) => void = () => {}): Writable {
    const write = callbackify((chunk: Uint8Array) => this.write(chunk));
    return new Writable({
      write: (chunk: Uint8Array, _encoding, done) => {
        look(chunk);
        write(chunk, done);
      },
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#handle.close();
  }

  async #writeSome(chunk: Uint8Array, at: number): Promise<number> {
    try {
      return (await this.#handle.write(chunk, 0, chunk.length, at)).bytesWritten;
    } catch (error) {
      if (!isDiskFull(error)) throw error;
      throw new AppError("files.disk-full", { file: this.#part }, { cause: error });
    }
  }
}

function isDiskFull(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOSPC" || error.code === "EDQUOT");
}
