import { closeSync, ftruncateSync, openSync, writeSync } from "node:fs";
import { AppError } from "../../../../src-shared/errors/app-error.ts";
import type { ScrapeRound } from "../detection/scrape.ts";
import { RoundEncoder } from "./round-encoder.ts";
import { frameOf, SEGMENT_MAGIC } from "./segment-frames.ts";

/** The segment that is being written. */
export class SegmentFile implements Disposable {
  readonly path: string;
  readonly encoder: RoundEncoder;
  readonly #handle: number;
  sizeBytes = 0;

  /** @throws AppError `files.unwritable`, `files.disk-full` */
  constructor(path: string, maxSeries: number) {
    this.path = path;
    this.encoder = new RoundEncoder(maxSeries);
    try {
      this.#handle = openSync(path, "wx", 0o600);
    } catch (error) {
      throw unwritable(path, error);
    }
    this.#write(SEGMENT_MAGIC);
  }

  /**
   * After a failure the segment cannot be gone on with: its encoder knows a round that the file does not have.
   * @throws AppError `files.unwritable`, `files.disk-full`
   */
  append(round: ScrapeRound): void {
    this.#write(frameOf(this.encoder.encode(round)));
  }

  [Symbol.dispose](): void {
    closeSync(this.#handle);
  }

  #write(bytes: Buffer): void {
    try {
      for (let at = 0; at < bytes.length;) at += writeSync(this.#handle, bytes, at, bytes.length - at);
      this.sizeBytes += bytes.length;
    } catch (error) {
      // Half a frame would be cut off when it is opened next; here it can be at once.
      ftruncateSync(this.#handle, this.sizeBytes);
      throw unwritable(this.path, error);
    }
  }
}

export function unwritable(file: string, error: unknown): AppError {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code === "ENOSPC") return new AppError("files.disk-full", { file }, { cause: error });
  return new AppError("files.unwritable", { file, problem: code }, { cause: error });
}
