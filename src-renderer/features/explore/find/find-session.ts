import type { Subscription } from "../../../../src-shared/api/client.ts";
import type { TextMatch } from "../../../../src-shared/api/logs.api.ts";
import type { WireError } from "../../../../src-shared/errors/wire-error.ts";
import type { ResultSetId } from "../../../../src-shared/model/ids.ts";
import { wireErrorOf } from "../../../hooks/wire-error-of.ts";
import type { LogsClient } from "../session/result-set-view.ts";

/** Slices of the density gutter; more than a screen has pixels for marks of two. */
export const GUTTER_SLICES = 400;
/** A growing set is counted again no more often than this. */
const RECOUNT_MS = 1_500;

export interface FindCounts {
  readonly matches: number;
  readonly scannedRows: number;
  readonly totalRows: number;
  readonly done: boolean;
  readonly density: readonly number[];
}

export interface FindSnapshot {
  /** `null` until the first counts come; those of a former scan stay while a set is counted again. */
  readonly counts: FindCounts | null;
  /** The match the reader stands at; `index` counts from 0. */
  readonly current: { readonly row: number; readonly index: number } | null;
  /** The last step went round the end. */
  readonly wrapped: boolean;
  readonly error: WireError | null;
}

/**
 * A search in one result set: counts and density come while the core reads, steps from match to match are asked for one by
 * one. One session a pattern; a new pattern is a new session.
 */
export class FindSession implements Disposable {
  readonly match: TextMatch;
  readonly #client: LogsClient;
  readonly #set: ResultSetId;
  readonly #listeners = new Set<() => void>();
  #snapshot: FindSnapshot = { counts: null, current: null, wrapped: false, error: null };
  #scan: Subscription | null = null;
  #step: AbortController | null = null;
  #recount: ReturnType<typeof setTimeout> | null = null;
  #rows = 0;

  constructor(client: LogsClient, set: ResultSetId, match: TextMatch) {
    this.#client = client;
    this.#set = set;
    this.match = match;
  }

  /** Begins to count. */
  start(): void {
    this.#count();
  }

  get snapshot(): FindSnapshot {
    return this.#snapshot;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The set has so many rows now: counts that are older are made anew. */
  grown(rows: number): void {
    const counted = this.#snapshot.counts;
    this.#rows = rows;
    if (counted?.done !== true || counted.totalRows >= rows || this.#recount !== null) return;
    this.#recount = setTimeout(() => {
      this.#recount = null;
      if ((this.#snapshot.counts?.totalRows ?? 0) < this.#rows) this.#count();
    }, RECOUNT_MS);
  }

  /** Goes to the next match after a row (or before it) and answers its row; `null` when there is none or it failed. */
  async step(direction: "next" | "previous", fromRow: number): Promise<number | null> {
    this.#step?.abort();
    const step = new AbortController();
    this.#step = step;
    try {
      const { row, index, wrapped } = await this.#client.findNext(
        { set: this.#set, match: this.match, fromRow, direction },
        { signal: step.signal },
      );
      if (step.signal.aborted) return null;
      this.#change({ current: row < 0 ? null : { row, index }, wrapped: wrapped && row >= 0, error: null });
      return row < 0 ? null : row;
    } catch (error) {
      if (!step.signal.aborted) this.#change({ error: wireErrorOf(error) });
      return null;
    }
  }

  [Symbol.dispose](): void {
    this.#scan?.unsubscribe();
    this.#step?.abort();
    if (this.#recount !== null) clearTimeout(this.#recount);
    this.#listeners.clear();
  }

  #count(): void {
    this.#scan?.unsubscribe();
    this.#scan = this.#client.find(
      { set: this.#set, match: this.match, gutter: GUTTER_SLICES },
      {
        onData: (counts) => this.#change({ counts, error: null }),
        onError: (error) => this.#change({ error: wireErrorOf(error) }),
      },
    );
  }

  #change(change: Partial<FindSnapshot>): void {
    this.#snapshot = { ...this.#snapshot, ...change };
    for (const listener of this.#listeners) listener();
  }
}
