import { LineFolder } from "./line-folder.ts";
import type { LineReader } from "./line-reader.ts";
import { runInSlices } from "./time-slices.ts";

/**
 * The lines of what a reader has read, folded at a width; pieces that were folded are not folded again. A long line that
 * was read already is folded in slices, so that to look at it takes no long task.
 */
export class FoldedLine implements Disposable {
  readonly #reader: LineReader;
  readonly #folder: LineFolder;
  readonly #listeners = new Set<() => void>();
  readonly #life = new AbortController();
  #unsubscribe: (() => void) | null = null;
  #folded = 0;
  #working = false;
  #lines: readonly string[] = [];

  constructor(reader: LineReader, columns: number) {
    this.#reader = reader;
    this.#folder = new LineFolder(columns);
  }

  /** Begins to fold, and goes on as more is read. */
  start(): void {
    this.#unsubscribe = this.#reader.subscribe(() => void this.#fold());
    void this.#fold();
  }

  /** The same object until more was folded. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  [Symbol.dispose](): void {
    this.#life.abort();
    this.#unsubscribe?.();
    this.#listeners.clear();
  }

  async #fold(): Promise<void> {
    if (this.#working) return;
    this.#working = true;
    while (this.#folded < this.#reader.snapshot.pieces.length && !this.#life.signal.aborted) {
      await runInSlices(this.#pieces(), this.#life.signal);
      this.#tell();
    }
    this.#working = false;
  }

  *#pieces(): Generator<void> {
    for (let piece = this.#reader.snapshot.pieces[this.#folded]; piece !== undefined;) {
      this.#folder.push(piece);
      this.#folded += 1;
      // The first lines are to be seen before the last are folded.
      if (this.#folded === 1) this.#tell();
      yield;
      piece = this.#reader.snapshot.pieces[this.#folded];
    }
  }

  #tell(): void {
    if (this.#life.signal.aborted) return;
    this.#lines = this.#folder.lines();
    for (const listener of this.#listeners) listener();
  }
}
