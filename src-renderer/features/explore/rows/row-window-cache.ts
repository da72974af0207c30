import type { RowWindow } from "../../../../src-shared/api/logs.api.ts";
import type { LabelSet } from "../../../../src-shared/model/labels.ts";
import type { LogRow } from "../../../../src-shared/model/log-row.ts";

/** Rows a request; two pages fill any screen. */
export const PAGE_ROWS = 128;
/** Pages kept: about 3,000 rows, whatever the size of the result set. */
const MAX_PAGES = 24;
/** Characters of text kept; long lines push pages out sooner. */
const MAX_CHARACTERS = 8_000_000;
const MAX_IN_FLIGHT = 4;

export type FetchWindow = (from: number, count: number, signal: AbortSignal) => Promise<RowWindow>;

export interface RowWindowCacheOptions {
  readonly fetchWindow: FetchWindow;
  /** Runs something once before the next picture; `requestAnimationFrame` in the window. */
  readonly onNextFrame: (run: () => void) => void;
  /** A request that failed for a reason other than being cancelled. Its rows stay placeholders until wanted again. */
  readonly onFailure?: (error: unknown) => void;
}

interface Page {
  readonly rows: readonly LogRow[];
  readonly streams: readonly LabelSet[];
  readonly characters: number;
  /** How long the set was said to be when these rows were asked for, or answered. */
  readonly total: number;
}

/**
 * What the page holds of a result set: a few pages of rows, by row number. The list says which rows it shows; missing
 * pages are asked for, one page further in the direction of travel; requests for what has scrolled away are cancelled; the
 * least recently shown pages go. Listeners hear of changes at most once a frame.
 *
 * A page at the end of a growing set is asked for again when rows were added to it; its old rows stay meanwhile.
 */
export class RowWindowCache implements Disposable {
  readonly #options: RowWindowCacheOptions;
  /** In order of last use: the first is the next to go. */
  readonly #pages = new Map<number, Page>();
  readonly #flights = new Map<number, AbortController>();
  readonly #listeners = new Set<() => void>();
  /** Not asked for again before the reader moves or the set grows: asking at once would be a storm. */
  readonly #failed = new Set<number>();
  #wanted: readonly number[] = [];
  #total = 0;
  #version = 0;
  #characters = 0;
  #announced = false;
  #disposed = false;
  #sampleLabels: LabelSet | undefined;

  constructor(options: RowWindowCacheOptions) {
    this.#options = options;
  }

  get total(): number {
    return this.#total;
  }

  /** Raised at most once a frame, when rows arrived or the total changed. */
  get version(): number {
    return this.#version;
  }

  /** The labels of the first stream that was ever seen: what the rows are like, before any is chosen. */
  get sampleLabels(): LabelSet | undefined {
    return this.#sampleLabels;
  }

  /** Pages and requests held right now, for tests and the bench. */
  get load(): { readonly rows: number; readonly inFlight: number } {
    let rows = 0;
    for (const page of this.#pages.values()) rows += page.rows.length;
    return { rows, inFlight: this.#flights.size };
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The row, or `undefined` while it is not here. */
  row(number: number): LogRow | undefined {
    const page = this.#pages.get(Math.floor(number / PAGE_ROWS));
    return page?.rows[number % PAGE_ROWS];
  }

  /** The stream labels of a row that is here. */
  labels(number: number): LabelSet | undefined {
    const page = this.#pages.get(Math.floor(number / PAGE_ROWS));
    const row = page?.rows[number % PAGE_ROWS];
    return row?.kind === "entry" ? page?.streams[row.stream] : undefined;
  }

  /** The set has grown. */
  setTotal(total: number): void {
    if (total === this.#total) return;
    this.#total = total;
    this.#failed.clear();
    this.#pump();
    this.#announce();
  }

  /** The rows `first … last` are on the screen; `travel` is the direction the reader scrolls in. */
  want(first: number, last: number, travel: -1 | 0 | 1): void {
    const firstPage = Math.floor(Math.max(0, first) / PAGE_ROWS);
    const lastPage = Math.floor(Math.max(first, last) / PAGE_ROWS);
    const wanted: number[] = [];
    for (let page = firstPage; page <= lastPage; page += 1) wanted.push(page);
    wanted.push(travel < 0 ? firstPage - 1 : lastPage + 1);
    if (wanted[0] !== this.#wanted[0] || wanted.at(-1) !== this.#wanted.at(-1)) this.#failed.clear();
    this.#wanted = wanted;
    for (const number of wanted) {
      const page = this.#pages.get(number);
      if (page !== undefined) {
        this.#pages.delete(number);
        this.#pages.set(number, page);
      }
    }
    this.#pump();
  }

  [Symbol.dispose](): void {
    this.#disposed = true;
    for (const flight of this.#flights.values()) flight.abort();
    this.#flights.clear();
    this.#pages.clear();
    this.#listeners.clear();
  }

  #isMissing(number: number): boolean {
    const rowsThere = Math.min(PAGE_ROWS, this.#total - number * PAGE_ROWS);
    if (number < 0 || rowsThere <= 0 || this.#failed.has(number)) return false;
    const page = this.#pages.get(number);
    return page === undefined || (page.rows.length < rowsThere && page.total < this.#total);
  }

  #pump(): void {
    if (this.#disposed) return;
    const missing = this.#wanted.filter((page) => this.#isMissing(page) && !this.#flights.has(page));
    for (const page of missing) {
      if (this.#flights.size >= MAX_IN_FLIGHT && !this.#cancelStale()) return;
      void this.#fetch(page);
    }
  }

  /**
   * Makes room by cancelling a request that nobody waits for any more. The oldest one is left to finish: in a fast scroll
   * over a slow link each would otherwise be cancelled by the next, and the reader would see no row at all.
   */
  #cancelStale(): boolean {
    const [, ...younger] = this.#flights.keys();
    const stale = younger.find((page) => !this.#wanted.includes(page));
    if (stale === undefined) return false;
    this.#flights.get(stale)?.abort();
    this.#flights.delete(stale);
    return true;
  }

  async #fetch(page: number): Promise<void> {
    const flight = new AbortController();
    const askedTotal = this.#total;
    this.#flights.set(page, flight);
    try {
      const from = page * PAGE_ROWS;
      const window = await this.#options.fetchWindow(from, PAGE_ROWS, flight.signal);
      if (!flight.signal.aborted) this.#keep(page, window, askedTotal);
    } catch (error) {
      if (!flight.signal.aborted) {
        this.#failed.add(page);
        this.#options.onFailure?.(error);
      }
    }
    if (this.#flights.get(page) === flight) this.#flights.delete(page);
    this.#pump();
  }

  #keep(page: number, window: RowWindow, askedTotal: number): void {
    const old = this.#pages.get(page);
    if (old !== undefined && old.rows.length > window.rows.length) return;
    let characters = 0;
    for (const row of window.rows) characters += row.kind === "entry" ? row.line.length : 100;
    this.#characters += characters - (old?.characters ?? 0);
    this.#pages.delete(page);
    this.#pages.set(page, {
      rows: window.rows,
      streams: window.streams,
      characters,
      total: Math.max(askedTotal, window.total),
    });
    this.#total = Math.max(this.#total, window.total);
    this.#sampleLabels ??= window.streams[0];
    this.#evict();
    this.#announce();
  }

  #evict(): void {
    for (const [number, page] of this.#pages) {
      if (this.#pages.size <= MAX_PAGES && this.#characters <= MAX_CHARACTERS) return;
      if (this.#wanted.includes(number)) continue;
      this.#pages.delete(number);
      this.#characters -= page.characters;
    }
  }

  #announce(): void {
    if (this.#announced || this.#disposed) return;
    this.#announced = true;
    this.#options.onNextFrame(() => {
      this.#announced = false;
      if (this.#disposed) return;
      this.#version += 1;
      for (const listener of this.#listeners) listener();
    });
  }
}
