import { closeSync, constants, fstatSync, openSync, readSync, realpathSync } from "node:fs";
import { dirname, sep } from "node:path";
import { AppError } from "../../../../src-shared/errors/app-error.ts";
import { folderFailure } from "../folder-failure.ts";
import { pathOfKey } from "../folder-paths.ts";

/** Kept between files; larger ones get a buffer of their own. */
const KEPT_BYTES = 8 * 2 ** 20;

/**
 * Reads whole files of a folder that is a copy of a bucket, one after the other, in a thread that has nothing else to do: without
 * promises, into one buffer. Throws the errors of a folder store.
 */
export class FolderFiles {
  readonly #root: string;
  readonly #realRoot: string;
  readonly #maxBytes: number;
  #kept: Uint8Array<ArrayBuffer> | null = null;
  /** Keys come in order: their folder is mostly the one before. */
  #checkedFolder = "";

  constructor(root: string, maxBytes: number) {
    this.#root = root;
    this.#maxBytes = maxBytes;
    this.#realRoot = this.#translated("", () => realpathSync(root));
  }

  /**
   * The file's bytes, valid until the next call; `too-large` for more than the limit. One that changes while it is read is read
   * once more; `storage.changed` where it changes again.
   */
  read(key: string): Uint8Array | "too-large" {
    return this.#translated(key, () => {
      const path = pathOfKey(this.#root, key);
      this.#checkInside(path, key);
      const first = this.#readOnce(path);
      const reading = first === "changed" ? this.#readOnce(path) : first;
      if (reading === "changed") throw new AppError("storage.changed", { store: this.#root, key });
      return reading;
    });
  }

  #readOnce(path: string): Uint8Array | "too-large" | "changed" {
    const file = openSync(path, constants.O_RDONLY);
    try {
      const before = fstatSync(file, { bigint: true });
      if (before.size > BigInt(this.#maxBytes)) return "too-large";
      const sizeBytes = Number(before.size);
      const bytes = this.#buffer(sizeBytes);
      let at = 0;
      while (at < sizeBytes) {
        const count = readSync(file, bytes, at, sizeBytes - at, at);
        if (count === 0) return "changed";
        at += count;
      }
      const after = fstatSync(file, { bigint: true });
      const same = after.size === before.size && after.mtimeNs === before.mtimeNs;
      return same ? bytes.subarray(0, sizeBytes) : "changed";
    } finally {
      closeSync(file);
    }
  }

  #buffer(sizeBytes: number): Uint8Array {
    if (sizeBytes > KEPT_BYTES) return new Uint8Array(sizeBytes);
    this.#kept ??= new Uint8Array(KEPT_BYTES);
    return this.#kept;
  }

  #checkInside(path: string, key: string): void {
    const folder = dirname(path);
    if (folder === this.#checkedFolder) return;
    const real = realpathSync(folder);
    if (real !== this.#realRoot && !real.startsWith(this.#realRoot + sep)) {
      throw new AppError("storage.key-invalid", { key: key.slice(0, 200) });
    }
    this.#checkedFolder = folder;
  }

  #translated<Answer>(key: string, run: () => Answer): Answer {
    try {
      return run();
    } catch (error) {
      throw folderFailure(error, { store: this.#root, key, action: "GetObject" });
    }
  }
}
