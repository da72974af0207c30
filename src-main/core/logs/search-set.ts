import { AppError } from "../../../src-shared/errors/app-error.ts";
import type { TextMatch } from "../../../src-shared/api/logs.api.ts";
import type { Clock } from "../common/clock.ts";
import { changeFeed, nextChange } from "./result-set/change-feed.ts";
import type { ResultSet } from "./result-set/result-set.ts";
import { checkLineRegex } from "./scan/line-regex.ts";
import type { Selection } from "./scan/selection.ts";

export interface SearchProgress {
  readonly matches: number;
  readonly scannedRows: number;
  readonly totalRows: number;
  readonly done: boolean;
  readonly density: number[];
}

/** @throws `logs.pattern-invalid` */
export function checkTextMatch(match: TextMatch): void {
  if (match.kind === "regex") checkLineRegex(match.pattern);
}

/**
 * How many rows match and where, told while it is counted. While the set grows the count goes on; the stream ends when the
 * set has ended and every row was looked at.
 */
export async function* findInSet(
  set: ResultSet,
  match: TextMatch,
  gutter: number,
  clock: Clock,
  signal: AbortSignal,
): AsyncGenerator<SearchProgress, void, void> {
  checkTextMatch(match);
  const search = set.search(match);
  const extending = set.onChange(() => search.extend());
  try {
    yield* changeFeed(
      {
        read: () => {
          if (search.error !== null) throw search.error;
          if (set.closed) throw new AppError("logs.result-set-unknown", { id: set.id });
          return searchProgress(set, search, gutter);
        },
        ended: () => set.ended && set.caughtUp && search.caughtUp,
        changes: [(listener) => search.onProgress(listener), (listener) => set.onChange(listener)],
      },
      clock,
      signal,
    );
  } finally {
    extending();
  }
}

function searchProgress(set: ResultSet, search: Selection, gutter: number): SearchProgress {
  const totalRows = set.rowCount;
  return {
    matches: search.count,
    scannedRows: Math.min(totalRows, set.rowOf(search.scannedRows)),
    totalRows,
    done: search.caughtUp && set.caughtUp,
    density: density(set, search, gutter),
  };
}

/** Matches in each of `slices` equal slices of the set. */
function density(set: ResultSet, search: Selection, slices: number): number[] {
  const total = set.rowCount;
  let before = 0;
  return Array.from({ length: slices }, (_, index) => {
    const end = Math.floor(((index + 1) * total) / slices);
    const storeEnd = end >= total ? set.store.rowCount : set.storeRow(end);
    const until = search.countBefore(storeEnd);
    const here = until - before;
    before = until;
    return here;
  });
}

/** The next matching row in a direction, round the end; waits for the part of the search that decides it. */
export async function findNext(
  set: ResultSet,
  match: TextMatch,
  fromRow: number,
  direction: "next" | "previous",
  signal: AbortSignal,
): Promise<{ row: number; index: number; wrapped: boolean }> {
  checkTextMatch(match);
  const search = set.search(match);
  for (;;) {
    const found = direction === "next" ? nextMatch(set, search, fromRow) : previousMatch(set, search, fromRow);
    if (found !== null) {
      const { storeRow, wrapped } = found;
      if (storeRow === -1) return { row: -1, index: -1, wrapped };
      return { row: set.rowOf(storeRow), index: search.countBefore(storeRow), wrapped };
    }
    if (search.error !== null) throw search.error;
    if (set.closed) throw new AppError("logs.result-set-unknown", { id: set.id });
    search.extend();
    await nextChange([(listener) => search.onProgress(listener), (listener) => set.onChange(listener)], signal);
  }
}

interface Found {
  readonly storeRow: number;
  readonly wrapped: boolean;
}

/** `null` while it is not known. */
function nextMatch(set: ResultSet, search: Selection, fromRow: number): Found | null {
  const from = fromRow < 0 ? -1 : storeRowOrEnd(set, fromRow);
  const storeRow = search.firstFrom(from + 1);
  if (storeRow !== -1) return known(set, storeRow) ? { storeRow, wrapped: false } : null;
  return search.caughtUp && set.caughtUp ? { storeRow: search.firstFrom(0), wrapped: true } : null;
}

function previousMatch(set: ResultSet, search: Selection, fromRow: number): Found | null {
  const from = fromRow < 0 ? 0 : storeRowOrEnd(set, fromRow);
  if (search.scannedRows < Math.min(from, set.store.rowCount)) return null;
  const storeRow = search.lastBefore(from);
  if (storeRow !== -1) return known(set, storeRow) ? { storeRow, wrapped: false } : null;
  if (!search.caughtUp || !set.caughtUp) return null;
  return { storeRow: search.lastBefore(set.store.rowCount), wrapped: true };
}

/** Whether the set, a view perhaps, has numbered the row yet. */
function known(set: ResultSet, storeRow: number): boolean {
  return set.view === null || storeRow < set.view.scannedRows;
}

function storeRowOrEnd(set: ResultSet, row: number): number {
  const storeRow = set.storeRow(row);
  return storeRow === -1 ? set.store.rowCount : storeRow;
}
