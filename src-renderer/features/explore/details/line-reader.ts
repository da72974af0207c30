import type { ResultSetId } from "../../../../src-shared/model/ids.ts";
import type { WireError } from "../../../../src-shared/errors/wire-error.ts";
import { wireErrorOf } from "../../../hooks/wire-error-of.ts";
import type { LogsClient } from "../session/result-set-view.ts";

/** Bytes a request: small enough that decoding and drawing one takes no time worth noting. */
const PIECE_BYTES = 262_144;

export interface LineSnapshot {
  /** What was read, in order; each ends at a character's end. */
  readonly pieces: readonly string[];
  readonly readBytes: number;
  readonly lineBytes: number;
  readonly reading: boolean;
  readonly done: boolean;
  readonly error: WireError | null;
}

/**
 * One line, read piece by piece: a line of 20 MB is never one string, one request or one task. Reading stops when the
 * reader is disposed.
 */
export class LineReader implements Disposable {
  readonly #client: LogsClient;
  readonly #set: ResultSetId;
  readonly #row: number;
  readonly #listeners = new Set<() => void>();
  readonly #life = new AbortController();
  #snapshot: LineSnapshot;
  #goalBytes = 0;

  /** `whole`: the line as the window has it, when it is all of it; then nothing is asked for. */
  constructor(client: LogsClient, set: ResultSetId, row: number, lineBytes: number, whole: string | null) {
    this.#client = client;
    this.#set = set;
    this.#row = row;
    this.#snapshot =
      whole === null
        ? { pieces: [], readBytes: 0, lineBytes, reading: false, done: false, error: null }
        : { pieces: [whole], readBytes: lineBytes, lineBytes, reading: false, done: true, error: null };
  }

  get snapshot(): LineSnapshot {
    return this.#snapshot;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** One piece more. */
  readMore(): void {
    this.readTo(this.#snapshot.readBytes + PIECE_BYTES);
  }

  readAll(): void {
    this.readTo(this.#snapshot.lineBytes);
  }

  readTo(goalBytes: number): void {
    this.#goalBytes = Math.max(this.#goalBytes, Math.min(goalBytes, this.#snapshot.lineBytes));
    if (!this.#snapshot.reading && !this.#snapshot.done) void this.#read();
  }

  [Symbol.dispose](): void {
    this.#life.abort();
    this.#listeners.clear();
  }

  async #read(): Promise<void> {
    this.#change({ reading: true, error: null });
    try {
      while (!this.#snapshot.done && this.#snapshot.readBytes < this.#goalBytes) {
        const { readBytes, pieces } = this.#snapshot;
        const piece = await this.#client.lineText(
          { set: this.#set, row: this.#row, offset: readBytes, length: PIECE_BYTES },
          { signal: this.#life.signal },
        );
        const nextBytes = piece.nextOffset ?? piece.lineBytes;
        // A source that does not move on would be asked for ever.
        const stuck = piece.nextOffset !== null && piece.nextOffset <= readBytes;
        this.#change({
          pieces: [...pieces, piece.text],
          readBytes: nextBytes,
          lineBytes: piece.lineBytes,
          done: piece.nextOffset === null || stuck,
        });
      }
      this.#change({ reading: false });
    } catch (error) {
      if (!this.#life.signal.aborted) this.#change({ reading: false, error: wireErrorOf(error) });
    }
  }

  #change(change: Partial<LineSnapshot>): void {
    if (this.#life.signal.aborted) return;
    this.#snapshot = { ...this.#snapshot, ...change };
    for (const listener of this.#listeners) listener();
  }
}
