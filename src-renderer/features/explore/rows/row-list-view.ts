import { fixedGeometry } from "./fixed-geometry.ts";
import { MeasuredGeometry } from "./measured-geometry.ts";
import { RowPool } from "./row-pool.ts";
import type { RowWindowCache } from "./row-window-cache.ts";
import { ROW_PX, WRAPPED_LINE_PX, type LineWindow, type RowLayout } from "./row-layout.ts";
import type { RowWords } from "./row-words.ts";
import {
  endPosition,
  innerHeight,
  isBefore,
  movePosition,
  positionOf,
  positionShowing,
  scrollTopOf,
  START,
  type ScrollExtent,
  type ScrollPosition,
} from "./scroll-position.ts";

/** Rows drawn beyond each edge, so that a small move uncovers no blank. */
const OVERSCAN_ROWS = 3;
/** The header of columns, at the top of the stage. */
export const HEADER_PX = 22;
/** JetBrains Mono at 12 px; measured anew when the list is mounted. */
const DEFAULT_CHARACTER_PX = 7.2;

export interface RowListElements {
  /** Scrolls: holds the spacer, the sticky stage in it, the rows in that. */
  readonly port: HTMLElement;
  readonly spacer: HTMLElement;
  readonly stage: HTMLElement;
  readonly rows: HTMLElement;
}

export interface RowListState {
  readonly activeRow: number;
  isSelected(row: number): boolean;
  readonly hitRow: number;
}

export interface RowListEvents {
  /** What can be seen changed. `atEnd`: the last row is fully visible. */
  onViewport(viewport: { readonly firstRow: number; readonly lastRow: number; readonly atEnd: boolean }): void;
  /** The reader moved up while the list followed the end. */
  onFollowEnded(): void;
}

/**
 * The scrolling list of rows. It owns a position (a row and an offset into it), draws the rows from there on into a small
 * pool of elements, and tells the cache which rows it shows. React mounts it and passes options; nothing of it re-renders
 * when it scrolls.
 *
 * All drawing happens in `#draw`, at most once a frame.
 */
export class RowListView implements Disposable {
  readonly #elements: RowListElements;
  readonly #cache: RowWindowCache;
  readonly #events: RowListEvents;
  readonly #pool: RowPool;
  readonly #cleanup: (() => void)[] = [];
  readonly #fixed = fixedGeometry(ROW_PX);
  #measured: MeasuredGeometry;
  #layout: RowLayout;
  #words: RowWords;
  #state: RowListState;
  #position: ScrollPosition = START;
  #follow = false;
  #travel: -1 | 0 | 1 = 0;
  #widthPx = 0;
  #heightPx = 0;
  #characterPx = DEFAULT_CHARACTER_PX;
  #lineShift = 0;
  #lineWindow: LineWindow | null = null;
  #expectedScrollTop = 0;
  #draggingBar = false;
  #frame = 0;
  #reported = "";

  constructor(
    elements: RowListElements,
    cache: RowWindowCache,
    initial: { readonly layout: RowLayout; readonly words: RowWords; readonly state: RowListState },
    events: RowListEvents,
  ) {
    this.#elements = elements;
    this.#cache = cache;
    this.#events = events;
    this.#layout = initial.layout;
    this.#words = initial.words;
    this.#state = initial.state;
    this.#pool = new RowPool(elements.rows, `${elements.port.id}-row-`);
    this.#measured = this.#newMeasured();
    this.#listen();
  }

  get position(): ScrollPosition {
    return this.#position;
  }

  /** Elements that exist, whatever the size of the set. */
  get elementCount(): number {
    return this.#pool.size;
  }

  get visibleRows(): number {
    return Math.max(1, Math.floor(this.#heightPx / ROW_PX));
  }

  setLayout(layout: RowLayout): void {
    const reflow = layout.wrap !== this.#layout.wrap || layout.columns !== this.#layout.columns;
    if (layout.wrap !== this.#layout.wrap) this.#position = { row: this.#position.row, offsetPx: 0 };
    this.#layout = layout;
    if (reflow) this.#measured = this.#newMeasured();
    this.#updateLineWindow();
    this.redraw();
  }

  setWords(words: RowWords): void {
    this.#words = words;
    this.redraw();
  }

  setState(state: RowListState): void {
    this.#state = state;
    this.redraw();
  }

  /** Keeps the last row in sight while the set grows. */
  setFollow(follow: boolean): void {
    this.#follow = follow;
    this.redraw();
  }

  moveBy(deltaPx: number): void {
    this.#goTo(movePosition(this.#position, deltaPx, this.#extent()), deltaPx < 0);
  }

  moveToStart(): void {
    this.#goTo(START, true);
  }

  moveToEnd(): void {
    this.#goTo(endPosition(this.#extent()), false);
  }

  show(row: number, align: "nearest" | "center" | "start"): void {
    const target = positionShowing(row, align, this.#position, this.#extent());
    this.#goTo(target, isBefore(target, this.#position));
  }

  /** Moves the text of unwrapped lines sideways, in characters. */
  shiftLines(characters: number): void {
    if (this.#layout.wrap) return;
    const shift = Math.max(0, Math.min(this.#pool.longestLine, this.#lineShift + characters));
    if (shift === this.#lineShift) return;
    this.#lineShift = shift;
    this.#updateLineWindow();
    this.redraw();
  }

  redraw(): void {
    if (this.#frame === 0) this.#frame = requestAnimationFrame(() => this.#draw());
  }

  [Symbol.dispose](): void {
    cancelAnimationFrame(this.#frame);
    for (const undo of this.#cleanup) undo();
    this.#pool.clear();
  }

  #newMeasured(): MeasuredGeometry {
    const guess = (number: number): number => {
      const row = this.#cache.row(number);
      const columns = Math.max(20, Math.floor(this.#widthPx / this.#characterPx) - 34);
      const lines = row?.kind === "entry" ? Math.max(1, Math.ceil(row.line.length / columns)) : 1;
      return lines * WRAPPED_LINE_PX + (ROW_PX - WRAPPED_LINE_PX);
    };
    return new MeasuredGeometry(guess, ROW_PX);
  }

  #extent(): ScrollExtent {
    const geometry = this.#layout.wrap ? this.#measured : this.#fixed;
    return { total: this.#cache.total, viewportPx: this.#heightPx, geometry };
  }

  #goTo(position: ScrollPosition, upwards: boolean): void {
    this.#travel = upwards ? -1 : 1;
    if (upwards && this.#follow && isBefore(position, this.#position)) {
      this.#follow = false;
      this.#events.onFollowEnded();
    }
    this.#position = position;
    this.redraw();
  }

  #listen(): void {
    const { port } = this.#elements;
    const on = <Type extends keyof HTMLElementEventMap>(
      type: Type,
      listener: (event: HTMLElementEventMap[Type]) => void,
      options?: AddEventListenerOptions,
    ): void => {
      port.addEventListener(type, listener, options);
      this.#cleanup.push(() => port.removeEventListener(type, listener, options));
    };
    on("wheel", (event) => this.#onWheel(event), { passive: false });
    on("scroll", () => this.#onScroll(), { passive: true });
    on("pointerdown", (event) => {
      this.#draggingBar = event.target === port && event.offsetX >= port.clientWidth;
    });
    const release = (): void => {
      this.#draggingBar = false;
    };
    window.addEventListener("pointerup", release);
    this.#cleanup.push(() => window.removeEventListener("pointerup", release));
    const sizes = new ResizeObserver(() => this.#onResize());
    sizes.observe(port);
    this.#cleanup.push(() => sizes.disconnect());
    // The cache speaks at the beginning of a frame: what it has can be drawn in this one.
    this.#cleanup.push(this.#cache.subscribe(() => this.#drawNow()));
    this.#onResize();
  }

  #onWheel(event: WheelEvent): void {
    if (event.ctrlKey) return;
    event.preventDefault();
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? ROW_PX : 1;
    const page = event.deltaMode === WheelEvent.DOM_DELTA_PAGE ? this.#heightPx : unit;
    if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      const sideways = event.deltaX === 0 ? event.deltaY : event.deltaX;
      this.shiftLines(Math.sign(sideways) * Math.max(1, Math.round(Math.abs(sideways * page) / this.#characterPx)));
      return;
    }
    this.moveBy(event.deltaY * page);
  }

  /** Only what the reader did with the scroll bar; our own changes of `scrollTop` come back here too. */
  #onScroll(): void {
    const { scrollTop, scrollHeight, clientHeight } = this.#elements.port;
    if (Math.abs(scrollTop - this.#expectedScrollTop) < 1.5) return;
    const upwards = scrollTop < this.#expectedScrollTop;
    this.#expectedScrollTop = scrollTop;
    this.#goTo(positionOf(scrollTop, this.#extent(), scrollHeight - clientHeight), upwards);
  }

  #onResize(): void {
    const { port, rows } = this.#elements;
    const width = port.clientWidth;
    if (width !== this.#widthPx) this.#measured.forgetAll();
    this.#widthPx = width;
    this.#heightPx = Math.max(0, port.clientHeight - HEADER_PX);
    this.#characterPx = characterWidth(rows) ?? this.#characterPx;
    this.#updateLineWindow();
    this.redraw();
  }

  #updateLineWindow(): void {
    if (this.#layout.wrap) {
      this.#lineShift = 0;
      this.#lineWindow = null;
      return;
    }
    const length = Math.ceil(this.#widthPx / this.#characterPx) + 8;
    const { from, length: oldLength } = this.#lineWindow ?? { from: -1, length: -1 };
    if (from !== this.#lineShift || oldLength !== length) this.#lineWindow = { from: this.#lineShift, length };
  }

  #drawNow(): void {
    cancelAnimationFrame(this.#frame);
    this.#draw();
  }

  #draw(): void {
    this.#frame = 0;
    const extent = this.#extent();
    if (this.#follow) this.#position = endPosition(extent);
    // Wrapped rows may have turned out lower than the offset into them.
    else this.#position = movePosition(this.#position, 0, extent);
    const { first, last } = this.#visible(extent);
    const from = Math.max(0, first - (this.#layout.wrap ? 0 : OVERSCAN_ROWS));
    const to = Math.min(extent.total, last + 1 + OVERSCAN_ROWS);
    this.#cache.want(from, to - 1, this.#travel);
    this.#moveBar(extent);
    this.#pool.draw(from, to, (number) => ({
      content: {
        number,
        row: this.#cache.row(number),
        labels: this.#cache.labels(number),
        flags: {
          active: number === this.#state.activeRow,
          selected: this.#state.isSelected(number),
          currentHit: number === this.#state.hitRow,
        },
      },
      layout: this.#layout,
      lineWindow: this.#lineWindow,
      words: this.#words,
    }));
    if (this.#layout.wrap && this.#measure(from, to)) {
      // Heights were guessed wrong. What hangs on the first visible row stays; the end may have to be found again.
      const corrected = this.#extent();
      if (this.#follow) this.#position = endPosition(corrected);
      this.redraw();
    }
    this.#place(from);
    this.#pointAtActiveRow();
    this.#report(first, last, extent);
  }

  /** The rows that fill the height from the position on. */
  #visible({ total, viewportPx, geometry }: ScrollExtent): { readonly first: number; readonly last: number } {
    const first = Math.min(this.#position.row, Math.max(0, total - 1));
    if (geometry.fixedPx !== null) {
      return {
        first,
        last: Math.min(total - 1, first + Math.ceil((viewportPx + this.#position.offsetPx) / geometry.fixedPx)),
      };
    }
    let last = first;
    let filledPx = geometry.heightOf(first) - this.#position.offsetPx;
    while (last < total - 1 && filledPx < viewportPx) {
      last += 1;
      filledPx += geometry.heightOf(last);
    }
    return { first, last };
  }

  #moveBar(extent: ScrollExtent): void {
    const { port, spacer, stage } = this.#elements;
    const averagePx = this.#layout.wrap ? this.#measured.averagePx() : ROW_PX;
    const inner = innerHeight(extent.total, averagePx, this.#heightPx);
    setStyle(spacer, "height", `${inner + HEADER_PX}px`);
    setStyle(stage, "height", `${this.#heightPx + HEADER_PX}px`);
    if (this.#draggingBar) return;
    const scrollTop = scrollTopOf(this.#position, extent, inner - this.#heightPx);
    if (Math.abs(scrollTop - this.#expectedScrollTop) < 0.5) return;
    port.scrollTop = scrollTop;
    // The browser rounds, and stops at its own end; what it made of it is what the next event must be measured by.
    this.#expectedScrollTop = port.scrollTop;
  }

  /** Reads the heights of the drawn rows; says whether one was not as guessed. */
  #measure(from: number, to: number): boolean {
    let news = false;
    for (let number = from; number < to; number += 1) {
      const element = this.#pool.elementOf(number);
      if (element === undefined || this.#cache.row(number) === undefined) continue;
      const guessed = this.#measured.heightOf(number);
      const heightPx = element.offsetHeight;
      if (heightPx > 0 && this.#measured.measured(number, heightPx) && heightPx !== guessed) news = true;
    }
    return news;
  }

  #place(from: number): void {
    const geometry = this.#layout.wrap ? this.#measured : this.#fixed;
    let abovePx = this.#position.offsetPx;
    for (let row = from; row < this.#position.row; row += 1) abovePx += geometry.heightOf(row);
    setStyle(this.#elements.rows, "transform", `translateY(${-abovePx}px)`);
  }

  /** The list has the focus; the active row is told to a screen reader by its id. */
  #pointAtActiveRow(): void {
    const id = this.#pool.elementOf(this.#state.activeRow)?.id;
    const { port } = this.#elements;
    if (id === undefined) port.removeAttribute("aria-activedescendant");
    else if (port.getAttribute("aria-activedescendant") !== id) port.setAttribute("aria-activedescendant", id);
  }

  #report(firstRow: number, lastRow: number, extent: ScrollExtent): void {
    const atEnd = !isBefore(this.#position, endPosition(extent));
    const report = `${firstRow} ${lastRow} ${atEnd}`;
    if (report === this.#reported) return;
    this.#reported = report;
    this.#events.onViewport({ firstRow, lastRow: Math.max(firstRow, lastRow), atEnd });
  }
}

function setStyle(element: HTMLElement, name: "height" | "transform", value: string): void {
  if (element.style[name] !== value) element.style[name] = value;
}

/** Of one figure in the list's font; `null` where nothing is laid out (a test without a screen). */
function characterWidth(rows: HTMLElement): number | null {
  const probe = document.createElement("span");
  probe.textContent = "0".repeat(50);
  probe.setAttribute("aria-hidden", "true");
  probe.style.position = "absolute";
  rows.append(probe);
  const { width } = probe.getBoundingClientRect();
  probe.remove();
  return width > 0 ? width / 50 : null;
}
