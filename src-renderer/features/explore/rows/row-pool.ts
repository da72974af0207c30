import { RowElement, type RowContent } from "./row-element.ts";
import type { LineWindow, RowLayout } from "./row-layout.ts";
import type { RowWords } from "./row-words.ts";

/** The promise of the list: never more elements than this, on whatever screen. */
export const MAX_ROW_ELEMENTS = 120;

export interface RowDrawing {
  readonly content: RowContent;
  readonly layout: RowLayout;
  readonly lineWindow: LineWindow | null;
  readonly words: RowWords;
}

/**
 * The few elements that stand for all rows, in the order of the rows, so that a reader's selection of text and a screen
 * reader's walk go through them as they look. A small move takes elements from one end to the other; a big one writes new
 * rows into all of them.
 */
export class RowPool {
  readonly #host: HTMLElement;
  readonly #idPrefix: string;
  #elements: RowElement[] = [];
  #made = 0;
  #from = 0;
  #longestLine = 0;

  constructor(host: HTMLElement, idPrefix: string) {
    this.#host = host;
    this.#idPrefix = idPrefix;
  }

  get size(): number {
    return this.#elements.length;
  }

  /** Characters of the longest line drawn last. */
  get longestLine(): number {
    return this.#longestLine;
  }

  elementOf(row: number): HTMLElement | undefined {
    return this.#elements[row - this.#from]?.element;
  }

  /** Draws the rows `[from, to)`. */
  draw(from: number, to: number, drawing: (row: number) => RowDrawing): void {
    const count = Math.min(MAX_ROW_ELEMENTS, Math.max(0, to - from));
    this.#rotate(from);
    this.#resize(count);
    this.#from = from;
    this.#longestLine = 0;
    for (const [index, element] of this.#elements.entries()) {
      const { content, layout, lineWindow, words } = drawing(from + index);
      element.draw(content, layout, lineWindow, words);
      if (content.row?.kind === "entry") this.#longestLine = Math.max(this.#longestLine, content.row.line.length);
    }
  }

  clear(): void {
    for (const { element } of this.#elements) element.remove();
    this.#elements = [];
  }

  #rotate(from: number): void {
    const shift = from - this.#from;
    if (shift === 0 || Math.abs(shift) >= this.#elements.length) return;
    if (shift > 0) {
      const moved = this.#elements.splice(0, shift);
      this.#elements.push(...moved);
      this.#host.append(...moved.map(({ element }) => element));
    } else {
      const moved = this.#elements.splice(shift);
      this.#elements.unshift(...moved);
      this.#host.prepend(...moved.map(({ element }) => element));
    }
  }

  #resize(count: number): void {
    while (this.#elements.length > count) this.#elements.pop()?.element.remove();
    const added: RowElement[] = [];
    while (this.#elements.length + added.length < count) {
      added.push(new RowElement(this.#idPrefix, this.#made));
      this.#made += 1;
    }
    this.#elements.push(...added);
    this.#host.append(...added.map(({ element }) => element));
  }
}
