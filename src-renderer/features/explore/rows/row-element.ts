import type { LabelSet } from "../../../../src-shared/model/labels.ts";
import type { EntryRow, LogRow, MarkerRow } from "../../../../src-shared/model/log-row.ts";
import { LEVEL_SIGNS } from "../levels/level-sign.ts";
import { withVisibleCharacters } from "../../../components/control-characters.ts";
import { writeLine } from "./line-cell.ts";
import { columnValue, isCut, type LineWindow, type RowFlags, type RowLayout } from "./row-layout.ts";
import type { RowWords } from "./row-words.ts";
import styles from "./rows.module.css";

/** What a row needs to be drawn. */
export interface RowContent {
  readonly number: number;
  readonly row: LogRow | undefined;
  readonly labels: LabelSet | undefined;
  readonly flags: RowFlags;
}

/**
 * One recycled element of the list. All it ever writes is `textContent`: a line of a log is never markup. It is drawn by
 * hand and not by React, because at 2,000 px a frame every visible row changes in every frame.
 */
export class RowElement {
  readonly element: HTMLDivElement;
  readonly #time: HTMLDivElement;
  readonly #level: HTMLDivElement;
  readonly #shape: HTMLSpanElement;
  readonly #word: HTMLSpanElement;
  readonly #line: HTMLDivElement;
  readonly #cut: HTMLDivElement;
  readonly #columns: HTMLDivElement[] = [];
  #number = -1;
  #row: LogRow | undefined;
  #flags: RowFlags | null = null;
  #isAnchor = false;
  #layout: RowLayout | null = null;
  #words: RowWords | null = null;
  #lineWindow: LineWindow | null = null;

  constructor(idPrefix: string, index: number) {
    this.element = cell("row", styles.row);
    this.element.id = `${idPrefix}${index}`;
    this.#time = cell("gridcell", styles.time);
    this.#level = cell("gridcell", styles.level);
    this.#shape = document.createElement("span");
    this.#shape.setAttribute("aria-hidden", "true");
    this.#word = document.createElement("span");
    this.#level.append(this.#shape, this.#word);
    this.#line = cell("gridcell", styles.line);
    this.#cut = cell("gridcell", styles.cut);
    this.element.append(this.#time, this.#level, this.#line, this.#cut);
  }

  get number(): number {
    return this.#number;
  }

  /** Draws the row; does nothing when it is drawn so already. */
  draw(content: RowContent, layout: RowLayout, lineWindow: LineWindow | null, words: RowWords): void {
    const { number, row, flags } = content;
    const moved = number !== this.#number;
    const redrawn = moved || row !== this.#row || layout !== this.#layout || words !== this.#words;
    if (moved) {
      this.#number = number;
      this.element.setAttribute("aria-rowindex", String(number + 2));
      this.element.dataset["row"] = String(number);
    }
    const isAnchor = layout.anchorRow === number;
    if (isAnchor !== this.#isAnchor || !sameFlags(flags, this.#flags)) this.#drawFlags(flags, isAnchor);
    if (!redrawn && lineWindow === this.#lineWindow) return;
    this.#row = row;
    this.#layout = layout;
    this.#words = words;
    this.#lineWindow = lineWindow;
    if (row === undefined) this.#drawPlaceholder(number, words);
    else if (row.kind === "marker") this.#drawMarker(row, layout, words);
    else this.#drawEntry(row, content.labels, layout, lineWindow, words);
  }

  #drawFlags(flags: RowFlags, isAnchor: boolean): void {
    this.#flags = flags;
    this.#isAnchor = isAnchor;
    const { element } = this;
    element.setAttribute("aria-selected", String(flags.selected));
    element.classList.toggle(styles.active ?? "", flags.active);
    element.classList.toggle(styles.currentHit ?? "", flags.currentHit);
    element.classList.toggle(styles.anchor ?? "", isAnchor);
    if (isAnchor) element.setAttribute("aria-current", "true");
    else element.removeAttribute("aria-current");
  }

  #drawPlaceholder(number: number, words: RowWords): void {
    this.#kind("loading", null);
    setText(this.#time, "");
    this.#time.removeAttribute("title");
    setText(this.#shape, "");
    setText(this.#word, "");
    this.#useColumns(0);
    setText(this.#cut, "");
    setText(this.#line, words.loading);
    // Bars of different lengths read as text to come; the length hangs on the row alone, so nothing flickers.
    this.#line.style.setProperty("--bar", `${30 + ((number * 37) % 50)}%`);
  }

  #drawMarker(row: MarkerRow, layout: RowLayout, words: RowWords): void {
    this.#kind("marker", row.marker.kind);
    setText(this.#time, words.time(row.timestampNs, layout.withDay));
    this.#time.removeAttribute("title");
    setText(this.#shape, row.marker.kind === "backfilled" || row.marker.kind === "reconnected" ? "✓" : "!");
    setText(this.#word, "");
    this.#useColumns(0);
    setText(this.#cut, "");
    setText(this.#line, words.marker(row.marker));
  }

  #drawEntry(
    row: EntryRow,
    labels: LabelSet | undefined,
    layout: RowLayout,
    lineWindow: LineWindow | null,
    words: RowWords,
  ): void {
    this.#kind("entry", row.level);
    setText(this.#time, words.time(row.timestampNs, layout.withDay));
    this.#time.removeAttribute("title");
    const sign = LEVEL_SIGNS[row.level];
    setText(this.#shape, sign.shape);
    setText(this.#word, sign.word);
    this.#useColumns(layout.columns.length);
    for (const [index, name] of layout.columns.entries()) {
      const column = this.#columns[index];
      if (column === undefined) continue;
      const value = columnValue(name, row, labels);
      setText(column, value === undefined ? "" : withVisibleCharacters(value.slice(0, 200)));
    }
    writeLine(this.#line, row.line, layout.findSpans, lineWindow);
    setText(this.#cut, isCut(row) ? words.cut(row.lineBytes) : "");
  }

  #kind(kind: "entry" | "marker" | "loading", detail: string | null): void {
    const { dataset } = this.element;
    if (dataset["kind"] !== kind) dataset["kind"] = kind;
    if (detail === null) delete dataset["detail"];
    else if (dataset["detail"] !== detail) dataset["detail"] = detail;
  }

  #useColumns(count: number): void {
    while (this.#columns.length < count) {
      const column = cell("gridcell", styles.column);
      this.#columns.push(column);
      this.element.insertBefore(column, this.#line);
    }
    while (this.#columns.length > count) this.#columns.pop()?.remove();
  }
}

function cell(role: string, className: string | undefined): HTMLDivElement {
  const element = document.createElement("div");
  element.setAttribute("role", role);
  if (className !== undefined) element.className = className;
  return element;
}

function setText(element: HTMLElement, text: string): void {
  const { firstChild } = element;
  if (firstChild instanceof Text && element.childNodes.length === 1) {
    if (firstChild.data !== text) firstChild.data = text;
  } else {
    element.textContent = text;
  }
}

function sameFlags(a: RowFlags, b: RowFlags | null): boolean {
  return b !== null && a.active === b.active && a.selected === b.selected && a.currentHit === b.currentHit;
}
