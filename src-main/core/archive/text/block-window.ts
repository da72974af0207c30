import { basename } from "node:path";
import { closeSync, readSync } from "node:fs";
import { AppError } from "../../../../src-shared/errors/app-error.ts";
import { markBytes } from "./byte-order-mark.ts";
import type { TextPlace } from "./text-place.ts";
import { openUnchanged } from "./text-fingerprint.ts";

/** The longest entry that is read. */
export const MAX_ENTRY_BYTES = 2 ** 30;
/** What is read beyond a block at first, for the end of its last entry. */
const BEYOND_BYTES = 64 * 1024;

/** The least that is read more at once. */
const GROWTH_BYTES = 1024 * 1024;

/**
 * The bytes of a block and of what follows it, as far as its last entry goes. Places are counted in `bytes`; a block that does
 * not begin the file has the byte before it too, to know whether a line begins with the block.
 */
export class BlockWindow implements Disposable {
  bytes: Buffer;
  /** Where the block ends; lines that begin there or later are the next block's. */
  readonly ownEnd: number;
  /** Whether the block begins the file. */
  readonly atFileStart: boolean;
  readonly #place: TextPlace;
  readonly #descriptor: number;
  readonly #base: number;
  #buffer: Buffer;

  /** Throws `archive.changed`. */
  constructor(place: TextPlace) {
    this.#place = place;
    this.#base = Math.max(0, place.start - 1);
    this.atFileStart = place.start === 0;
    this.ownEnd = place.end - this.#base;
    this.#descriptor = openUnchanged(place.file, place.fileBytes, place.fingerprint);
    const wanted = Math.min(place.fileBytes - this.#base, this.ownEnd + BEYOND_BYTES);
    this.#buffer = Buffer.allocUnsafeSlow(wanted);
    this.bytes = this.#buffer.subarray(0, 0);
    this.#fill(wanted);
  }

  /** Where the first line of the block begins; -1 when none does. A byte order mark is passed over. */
  firstLine(): number {
    if (this.atFileStart) {
      return markBytes(this.bytes);
    }
    const newline = this.bytes.indexOf(10);
    return newline < 0 || newline + 1 >= this.ownEnd ? -1 : newline + 1;
  }

  /** Whether the file has no line at `at`: it ends there. */
  endsAt(at: number): boolean {
    return at >= this.bytes.length && !this.#more();
  }

  /**
   * Where the line that begins at `from` ends: its newline, or the file's end. -1 where the entry that began at `entryStart`
   * would become longer than can be read.
   */
  lineEnd(from: number, entryStart: number): number {
    let search = from;
    for (;;) {
      const newline = this.bytes.indexOf(10, search);
      if (newline >= 0) return newline - entryStart > MAX_ENTRY_BYTES ? -1 : newline;
      search = this.bytes.length;
      if (search - entryStart > MAX_ENTRY_BYTES) return -1;
      if (!this.#more(entryStart + MAX_ENTRY_BYTES + 1)) return search;
    }
  }

  [Symbol.dispose](): void {
    closeSync(this.#descriptor);
  }

  /** Reads on, at least doubling what is there, but not past `enough` where that is more. */
  #more(enough = Number.POSITIVE_INFINITY): boolean {
    const have = this.bytes.length;
    const remaining = this.#place.fileBytes - this.#base - have;
    if (remaining <= 0) return false;
    const step = Math.max(GROWTH_BYTES, Math.min(have, enough - have));
    const wanted = have + Math.min(remaining, step);
    const buffer = Buffer.allocUnsafeSlow(wanted);
    this.bytes.copy(buffer);
    this.#buffer = buffer;
    this.#fill(wanted);
    return true;
  }

  #fill(until: number): void {
    let have = this.bytes.length;
    while (have < until) {
      const read = readSync(this.#descriptor, this.#buffer, have, until - have, this.#base + have);
      if (read === 0) throw new AppError("archive.changed", { part: basename(this.#place.file) });
      have += read;
    }
    this.bytes = this.#buffer.subarray(0, have);
  }
}

/** `end` without the carriage return before it. */
export function withoutReturn(bytes: Uint8Array, start: number, end: number): number {
  return end > start && bytes[end - 1] === 13 ? end - 1 : end;
}
