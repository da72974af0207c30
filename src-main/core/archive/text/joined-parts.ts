import { MAX_ENTRY_BYTES, type BlockWindow } from "./block-window.ts";
import type { EntryCollector } from "./entry-collector.ts";

interface OpenEntry {
  /** -1 where the row was not asked for. */
  readonly row: number;
  readonly pieces: Uint8Array[];
  bytes: number;
}

/**
 * Joins the parts of long lines that container runtimes cut, stream by stream: a part waits for the next line of its stream.
 * A row stands where, and at the time when, its first part came.
 */
export class JoinedParts {
  readonly #window: BlockWindow;
  readonly #out: EntryCollector;
  readonly #open = new Map<string, OpenEntry>();
  /** Streams that go on with an entry of an earlier block. */
  readonly #foreign: Set<string>;

  constructor(window: BlockWindow, out: EntryCollector, openParts: readonly string[]) {
    this.#window = window;
    this.#out = out;
    this.#foreign = new Set(openParts);
    out.carryUsed.add("openParts");
  }

  /** Whether an entry of this block waits for its next part. */
  get waiting(): boolean {
    return this.#open.size > 0;
  }

  /** To be called where the block ends. */
  markEnd(): void {
    this.#out.openParts = [...new Set([...this.#foreign, ...this.#open.keys()])].sort();
  }

  /** Whether a line of this stream goes on with what is open; takes it in if it does. */
  goesOn(stream: string, start: number, end: number, partial: boolean): boolean {
    if (this.#foreign.has(stream)) {
      if (!partial) this.#foreign.delete(stream);
      return true;
    }
    const entry = this.#open.get(stream);
    if (entry === undefined) return false;
    if (entry.bytes + (end - start) > MAX_ENTRY_BYTES) this.#out.tooLongLines += 1;
    else {
      // A copy: the window's bytes may move when more is read.
      entry.pieces.push(Uint8Array.prototype.slice.call(this.#window.bytes, start, end));
      entry.bytes += end - start;
    }
    if (!partial) this.#open.delete(stream);
    return true;
  }

  /** A row that is a part only. */
  begin(stream: string, row: number, start: number, end: number): void {
    const entry = {
      row,
      pieces: [Uint8Array.prototype.slice.call(this.#window.bytes, start, end)],
      bytes: end - start,
    };
    this.#open.set(stream, entry);
    if (row >= 0) this.#out.composed.push(entry);
  }
}
