import { closeSync, existsSync, fsyncSync, ftruncateSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { constants, crc32, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { AppError } from "../../../../src-shared/errors/app-error.ts";

const HEAD_BYTES = 8;
/** What one answer of `/series` may have; see `SeriesSource`. */
export const MOST_ANSWER_BYTES = 64 * 2 ** 20;

/**
 * The answers that a table is made of, on disk until it is written: blocks of (u32 packed length · u32 CRC-32 of what is packed · zstd).
 * What is behind the length that the job committed never counts.
 */
export class AnswerJournal implements Disposable {
  readonly #file: string;
  readonly #handle: number;
  #bytes = 0;

  /** @throws AppError `files.unwritable` */
  constructor(file: string) {
    this.#file = file;
    try {
      this.#handle = openSync(file, existsSync(file) ? "r+" : "w+", 0o600);
    } catch (error) {
      throw this.#unwritable(error);
    }
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Gives each answer up to `committedBytes`, and cuts off the rest. `false` where they are not as they were written: begin anew. */
  replay(committedBytes: number, take: (answer: Uint8Array) => void): boolean {
    const head = Buffer.alloc(HEAD_BYTES);
    let at = 0;
    let whole = true;
    while (at < committedBytes) {
      whole = readSync(this.#handle, head, 0, HEAD_BYTES, at) === HEAD_BYTES;
      const length = head.readUInt32LE(0);
      if (!whole || at + HEAD_BYTES + length > committedBytes) break;
      const packed = Buffer.alloc(length);
      whole =
        readSync(this.#handle, packed, 0, length, at + HEAD_BYTES) === length && crc32(packed) === head.readUInt32LE(4);
      if (!whole) break;
      take(zstdDecompressSync(packed, { maxOutputLength: MOST_ANSWER_BYTES }));
      at += HEAD_BYTES + length;
    }
    this.#bytes = whole && at === committedBytes ? at : 0;
    ftruncateSync(this.#handle, this.#bytes);
    return this.#bytes === committedBytes;
  }

  /** On disk when it returns. @throws AppError `files.unwritable` */
  append(answer: Uint8Array): void {
    // Quick rather than small: it is gone when the table is written.
    const packed = zstdCompressSync(answer, { params: { [constants.ZSTD_c_compressionLevel]: 1 } });
    const head = Buffer.alloc(HEAD_BYTES);
    head.writeUInt32LE(packed.length, 0);
    head.writeUInt32LE(crc32(packed), 4);
    try {
      writeSync(this.#handle, head, 0, HEAD_BYTES, this.#bytes);
      writeSync(this.#handle, packed, 0, packed.length, this.#bytes + HEAD_BYTES);
      fsyncSync(this.#handle);
    } catch (error) {
      throw this.#unwritable(error);
    }
    this.#bytes += HEAD_BYTES + packed.length;
  }

  remove(): void {
    rmSync(this.#file, { force: true });
  }

  [Symbol.dispose](): void {
    closeSync(this.#handle);
  }

  #unwritable(error: unknown): AppError {
    const problem = error instanceof Error ? error.message : String(error);
    return new AppError("files.unwritable", { file: this.#file, problem }, { cause: error });
  }
}
