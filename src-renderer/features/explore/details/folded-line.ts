import { LineFolder } from "./line-folder.ts";
import type { LineReader } from "./line-reader.ts";

/** The lines of what a reader has read, folded at a width; pieces that were folded are not folded again. */
export class FoldedLine {
  readonly #reader: LineReader;
  readonly #folder: LineFolder;
  #pieces = 0;
  #lines: readonly string[] = [];

  constructor(reader: LineReader, columns: number) {
    this.#reader = reader;
    this.#folder = new LineFolder(columns);
  }

  /** The same object until more was read. */
  lines(): readonly string[] {
    const { pieces } = this.#reader.snapshot;
    if (pieces.length > this.#pieces) {
      for (const piece of pieces.slice(this.#pieces)) this.#folder.push(piece);
      this.#pieces = pieces.length;
      this.#lines = this.#folder.lines();
    }
    return this.#lines;
  }
}
