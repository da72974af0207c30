import { randomBytes } from "node:crypto";
import { mkdir, open, readdir, rm, statfs, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { UPLOAD_PIECE_BYTES } from "../../../src-shared/api/archives.api.ts";
import { AppError } from "../../../src-shared/errors/app-error.ts";
import type { Clock } from "../common/clock.ts";
import { fireAndForget, type Logger } from "../common/logger.ts";
import { safeFileName } from "./upload-name.ts";

const STALE_MS = 24 * 3_600_000;
const SWEEP_MS = 3_600_000;
/** Uploads of one owner that are not opened yet. */
const MAX_WAITING = 500;
/** Left free on the disk, for the program to live on. */
const RESERVE_BYTES = 256 * 2 ** 20;

interface Upload {
  readonly id: string;
  readonly owner: string;
  readonly file: string;
  readonly sizeBytes: number;
  receivedBytes: number;
  touchedMs: number;
  /** An archive stands on it: it goes with the archive, not with time. */
  kept: boolean;
  writing: Promise<unknown>;
}

export interface UploadsOptions {
  /** The profile's `uploads` folder. */
  readonly directory: string;
  /** Bytes one file may have. */
  readonly maxBytes: () => number;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Files that a page sends in pieces because it has no paths: each in a folder of its own under an unguessable name, known to
 * its owner alone. What nobody opens goes after a day.
 */
export class ArchiveUploads implements Disposable {
  readonly #options: UploadsOptions;
  readonly #uploads = new Map<string, Upload>();
  #stopSweeping: () => void = () => {};

  constructor(options: UploadsOptions) {
    this.#options = options;
    this.#sweepLater();
  }

  /**
   * Rejects with `archive.upload-too-large`, and with `files.disk-full` where it would not fit beside what is promised to
   * others.
   */
  async begin(name: string, sizeBytes: number, owner: string): Promise<string> {
    const { directory, maxBytes, clock } = this.#options;
    const waiting = [...this.#uploads.values()].filter((upload) => !upload.kept && upload.owner === owner);
    if (sizeBytes > maxBytes()) {
      throw new AppError("archive.upload-too-large", { file: name.slice(0, 255), limitBytes: maxBytes() });
    }
    if (waiting.length >= MAX_WAITING) throw new AppError("archive.uploads-too-many", { limit: MAX_WAITING });
    const id = randomBytes(18).toString("base64url");
    const file = join(directory, id, safeFileName(name));
    const upload: Upload = {
      id,
      owner,
      file,
      sizeBytes,
      receivedBytes: 0,
      touchedMs: clock.nowMs(),
      kept: false,
      writing: Promise.resolve(),
    };
    try {
      await mkdir(join(directory, id), { recursive: true, mode: 0o700 });
      await this.#checkSpace(name, sizeBytes);
      await using handle = await open(file, "wx", 0o600);
      await handle.sync();
    } catch (error) {
      await rm(join(directory, id), { recursive: true, force: true });
      throw writeFailure(error, file);
    }
    this.#uploads.set(id, upload);
    return id;
  }

  /**
   * Takes the next piece and answers with all that was received. Rejects with `archive.upload-unknown`,
   * `archive.upload-out-of-order`, and `archive.upload-too-large` past the size that was announced.
   */
  async piece(id: string, offset: number, base64: string, owner: string): Promise<number> {
    const upload = this.#owned(id, owner);
    const bytes = Buffer.from(base64, "base64");
    // Two pieces at a time would not be in order; the second waits and is then judged by its offset.
    const written = upload.writing.then(() => this.#write(upload, offset, bytes));
    upload.writing = written.catch(() => {});
    return written;
  }

  /** The file of an upload that is there whole. Throws `archive.upload-unknown`, `archive.upload-out-of-order`. */
  file(id: string, owner: string): string {
    const { file, sizeBytes, receivedBytes } = this.#owned(id, owner);
    if (receivedBytes !== sizeBytes) {
      throw new AppError("archive.upload-out-of-order", { expected: receivedBytes, got: sizeBytes });
    }
    return file;
  }

  /** From now on it lives as long as its archive. */
  keep(id: string): void {
    const upload = this.#uploads.get(id);
    if (upload !== undefined) upload.kept = true;
  }

  /** Whether there was one that no archive stands on. */
  async drop(id: string, owner: string): Promise<boolean> {
    const upload = this.#uploads.get(id);
    if (upload === undefined || upload.owner !== owner || upload.kept) return false;
    await this.remove([id]);
    return true;
  }

  /** Removes uploads with their files. */
  async remove(ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      await this.#uploads.get(id)?.writing;
      this.#uploads.delete(id);
      await rm(join(this.#options.directory, id), { recursive: true, force: true });
    }
  }

  /** Removes what an earlier run left behind, but for the files of these uploads. */
  async forgetOthers(kept: readonly string[]): Promise<void> {
    const { directory } = this.#options;
    await mkdir(directory, { recursive: true, mode: 0o700 });
    for (const name of await readdir(directory)) {
      if (kept.includes(name) || this.#uploads.has(name)) continue;
      await rm(join(directory, name), { recursive: true, force: true });
    }
  }

  [Symbol.dispose](): void {
    this.#stopSweeping();
  }

  async #write(upload: Upload, offset: number, bytes: Buffer): Promise<number> {
    const { receivedBytes, sizeBytes, file, id } = upload;
    if (!this.#uploads.has(id)) throw new AppError("archive.upload-unknown", { id });
    if (offset !== receivedBytes) {
      throw new AppError("archive.upload-out-of-order", { expected: receivedBytes, got: offset });
    }
    if (bytes.length > UPLOAD_PIECE_BYTES || receivedBytes + bytes.length > sizeBytes) {
      throw new AppError("archive.upload-too-large", { file, limitBytes: sizeBytes });
    }
    try {
      await using handle = await open(file, "r+");
      await writeAll(handle, bytes, offset);
    } catch (error) {
      throw writeFailure(error, file);
    }
    upload.receivedBytes = offset + bytes.length;
    upload.touchedMs = this.#options.clock.nowMs();
    return upload.receivedBytes;
  }

  async #checkSpace(name: string, sizeBytes: number): Promise<void> {
    const { bavail, bsize } = await statfs(this.#options.directory);
    const promised = [...this.#uploads.values()].reduce(
      (total, upload) => total + upload.sizeBytes - upload.receivedBytes,
      0,
    );
    if (sizeBytes > 0 && sizeBytes + promised + RESERVE_BYTES > bavail * bsize) {
      throw new AppError("files.disk-full", { file: name.slice(0, 255) });
    }
  }

  #owned(id: string, owner: string): Upload {
    const upload = this.#uploads.get(id);
    // Somebody else's upload is as good as none: its name is not to be found out.
    if (upload === undefined || upload.owner !== owner) throw new AppError("archive.upload-unknown", { id });
    return upload;
  }

  #sweepLater(): void {
    const { clock, logger } = this.#options;
    this.#stopSweeping = clock.after(SWEEP_MS, () => {
      const before = clock.nowMs() - STALE_MS;
      const stale = [...this.#uploads.values()].filter(({ kept, touchedMs }) => !kept && touchedMs < before);
      fireAndForget(this.remove(stale.map(({ id }) => id)), logger, "stale uploads could not be removed");
      this.#sweepLater();
    });
  }
}

async function writeAll(handle: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}

function writeFailure(error: unknown, file: string): unknown {
  if (error instanceof AppError) return error;
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOSPC") return new AppError("files.disk-full", { file }, { cause: error });
  return new AppError("files.unwritable", { file, problem: String(error).slice(0, 300) }, { cause: error });
}
