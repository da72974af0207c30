import { open, rm, statfs, type FileHandle } from "node:fs/promises";

/** Where a result set's segments go when memory is short. All failures are those of the file system, with their `code`. */
export interface SpillFile extends AsyncDisposable {
  /** For a worker thread, which opens the file itself. */
  readonly path: string;
  /** Appends and answers where the bytes begin. A failed write leaves what was there before readable. */
  append(bytes: Uint8Array): Promise<number>;
  /** Fills `target`; a shorter file is a failure. */
  read(target: Uint8Array, position: number): Promise<void>;
}

export type OpenSpillFile = (path: string) => Promise<SpillFile>;

/** A disk is never filled to its last byte: what else lives there, the console's own profile too, needs some. */
const RESERVE_BYTES = 256 * 2 ** 20;

/** A spill file on a real disk, readable by this user alone; removed when it is disposed. */
export async function openSpillFile(path: string): Promise<SpillFile> {
  const file = await open(path, "w+", 0o600);
  return new DiskSpillFile(path, file);
}

class DiskSpillFile implements SpillFile {
  readonly path: string;
  readonly #file: FileHandle;
  #end = 0;

  constructor(path: string, file: FileHandle) {
    this.path = path;
    this.#file = file;
  }

  async append(bytes: Uint8Array): Promise<number> {
    const position = this.#end;
    const disk = await statfs(this.path);
    if (disk.bavail * disk.bsize < RESERVE_BYTES + bytes.length) throw new DiskReserveError();
    let written = 0;
    while (written < bytes.length) {
      const result = await this.#file.write(bytes, written, bytes.length - written, position + written);
      written += result.bytesWritten;
    }
    this.#end = position + bytes.length;
    return position;
  }

  async read(target: Uint8Array, position: number): Promise<void> {
    let filled = 0;
    while (filled < target.length) {
      const result = await this.#file.read(target, filled, target.length - filled, position + filled);
      if (result.bytesRead === 0) throw new Error(`spill file ${this.path} ends before ${position + target.length}`);
      filled += result.bytesRead;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close();
    await rm(this.path, { force: true });
  }
}

/** Told apart by `code`, as the file system's own failures are. */
class DiskReserveError extends Error {
  readonly code = "ENOSPC";

  constructor() {
    super("less than the reserve is left on the disk");
    this.name = "DiskReserveError";
  }
}
