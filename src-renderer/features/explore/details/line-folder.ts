/**
 * Folds a text that comes in pieces into lines of so many characters; a line break ends a line too. Lines are slices of the
 * pieces, so the text is held once; a piece that was folded is not looked at again. A surrogate pair is not cut.
 */
export class LineFolder {
  readonly #columns: number;
  readonly #lines: string[] = [];
  /** The last line may go on in the next piece. */
  #rest = "";

  constructor(columns: number) {
    this.#columns = columns;
  }

  push(piece: string): void {
    const text = this.#rest + piece;
    let at = 0;
    let newline = text.indexOf("\n");
    while (at < text.length) {
      if (newline >= 0 && newline < at) newline = text.indexOf("\n", at);
      const end = newline >= 0 && newline < at + this.#columns ? newline + 1 : this.#foldAt(text, at);
      if (end >= text.length) break;
      this.#lines.push(text.slice(at, end));
      at = end;
    }
    this.#rest = text.slice(at);
  }

  /** The lines so far, the one that may go on among them. */
  lines(): readonly string[] {
    return this.#rest === "" ? this.#lines.slice() : [...this.#lines, this.#rest];
  }

  #foldAt(text: string, at: number): number {
    const end = Math.min(text.length, at + this.#columns);
    const last = text.charCodeAt(end - 1);
    const splitsPair = end < text.length && end - at > 1 && last >= 0xd800 && last <= 0xdbff;
    return splitsPair ? end - 1 : end;
  }
}
