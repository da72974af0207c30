import type { CompletenessReason } from "../../../../../src-shared/model/completeness.ts";
import type { LogBatch } from "../../../../../src-shared/model/log-batch.ts";
import type { Direction } from "../../../../../src-shared/model/log-query.ts";
import type { TimeRange } from "../../../../../src-shared/model/nano-time.ts";
import { lastRunStart, sliceRows, timeAt } from "./column-batches.ts";
import type { InstantReader } from "./instant-reader.ts";
import type { PageAccount, PageSource } from "./page-source.ts";

/*
 * Reading a range past the number of entries that Loki hands out at once.
 *
 * Where a full page ends, Loki has cut somewhere among the entries of its last instant, in an order of its own that need
 * not be the same next time. So the rows of that instant are held back and asked for again with the next page, which
 * begins at that instant, inclusive. A row is given out only from an answer that holds *all* rows of its instant: nothing
 * has to be recognised, and entries that are equal in every part (as `line_format` can make them) are neither lost nor
 * doubled. When a whole page shares one instant, `InstantReader` takes it apart.
 *
 * Loki 3.7 does not return an entry whose time is both the end of its chunk and the start of the query. So a page that
 * continues forward, and a part of a range that was split, asks from one nanosecond earlier and drops what is before.
 * The very start of the range that a person asked for is asked for as it is.
 */

export interface RangeTask {
  readonly expr: string;
  readonly range: TimeRange;
  readonly direction: Direction;
  /** The range begins where another part of the same read ended. */
  readonly startsInside: boolean;
}

/** Rows in order, with the account of the answer that they came from; either may be missing. */
export interface RangePiece {
  readonly batch: LogBatch | null;
  readonly account: PageAccount | null;
  readonly reason: CompletenessReason | null;
}

export interface RangeReaderParts {
  readonly pages: PageSource;
  readonly instants: InstantReader;
}

/** All rows of a range up to `limit`, each once. */
export function readRange(
  parts: RangeReaderParts,
  task: RangeTask,
  limit: number | null,
  signal: AbortSignal,
): AsyncGenerator<RangePiece, void, undefined> {
  const run = new RangeRun(parts, task, limit, signal);
  return task.direction === "backward" ? run.backward() : run.forward();
}

class RangeRun {
  readonly #parts: RangeReaderParts;
  readonly #task: RangeTask;
  readonly #signal: AbortSignal;
  #remaining: number;

  constructor(parts: RangeReaderParts, task: RangeTask, limit: number | null, signal: AbortSignal) {
    this.#parts = parts;
    this.#task = task;
    this.#signal = signal;
    this.#remaining = limit ?? Number.POSITIVE_INFINITY;
  }

  async *backward(): AsyncGenerator<RangePiece, void, undefined> {
    const { range } = this.#task;
    const askFrom = this.#task.startsInside ? range.startNs - 1n : range.startNs;
    let endNs = range.endNs;
    while (endNs > range.startNs && this.#remaining > 0) {
      const { batch, account } = await this.#page(askFrom, endNs);
      const within = rowsFrom(batch, range.startNs);
      if (!account.full || within < batch.rowCount || within >= this.#remaining) {
        yield this.#piece(sliceRows(batch, 0, within), account);
        return;
      }
      const held = lastRunStart(batch);
      const lastNs = timeAt(batch, held);
      if (held > 0) {
        yield this.#piece(sliceRows(batch, 0, held), account);
        endNs = lastNs + 1n;
      } else {
        yield this.#piece(null, account);
        yield* this.#instant(lastNs);
        endNs = lastNs;
      }
    }
  }

  async *forward(): AsyncGenerator<RangePiece, void, undefined> {
    const { range } = this.#task;
    let nextNs = range.startNs;
    let askFrom = this.#task.startsInside ? nextNs - 1n : nextNs;
    while (nextNs < range.endNs && this.#remaining > 0) {
      const { batch, account } = await this.#page(askFrom, range.endNs);
      const dropped = rowsBefore(batch, nextNs);
      const usable = batch.rowCount - dropped;
      if (!account.full || usable >= this.#remaining) {
        yield this.#piece(sliceRows(batch, dropped, batch.rowCount), account);
        return;
      }
      const held = Math.max(dropped, usable === 0 ? dropped : lastRunStart(batch));
      const lastNs = usable === 0 ? nextNs : timeAt(batch, batch.rowCount - 1);
      yield this.#piece(held > dropped ? sliceRows(batch, dropped, held) : null, account);
      if (held > dropped || (dropped > 0 && lastNs > nextNs)) {
        nextNs = lastNs;
      } else {
        nextNs = yield* this.#crowdedInstants(lastNs);
      }
      askFrom = nextNs - 1n;
    }
  }

  /**
   * Takes an instant with more rows than a page, and those right after it for as long as they are crowded too: asking from
   * inside a crowd would show the crowd again. Answers with the first instant that was not read.
   */
  async *#crowdedInstants(firstNs: bigint): AsyncGenerator<RangePiece, bigint, undefined> {
    let atNs = firstNs;
    for (;;) {
      const before = this.#remaining;
      let rows = 0;
      for await (const piece of this.#instant(atNs)) {
        rows += piece.batch?.rowCount ?? 0;
        yield piece;
      }
      atNs += 1n;
      if (before - rows <= 0 || atNs >= this.#task.range.endNs || rows < this.#parts.pages.size.ordinary / 2)
        return atNs;
    }
  }

  async *#instant(atNs: bigint): AsyncGenerator<RangePiece, void, undefined> {
    const found = this.#parts.instants.read(this.#task.expr, atNs, this.#signal);
    for await (const { batch, account, reason } of found) {
      const rows = batch === null ? 0 : Math.min(batch.rowCount, this.#remaining);
      this.#remaining -= rows;
      yield { batch: batch === null ? null : sliceRows(batch, 0, rows), account, reason };
      if (this.#remaining <= 0) return;
    }
  }

  #page(startNs: bigint, endNs: bigint) {
    const { expr, direction } = this.#task;
    const limit = Math.min(this.#parts.pages.size.ordinary, this.#remaining);
    return this.#parts.pages.fetch({ expr, startNs, endNs, limit, direction }, this.#signal);
  }

  #piece(batch: LogBatch | null, account: PageAccount): RangePiece {
    const rows = batch === null ? null : sliceRows(batch, 0, Math.min(batch.rowCount, this.#remaining));
    this.#remaining -= rows?.rowCount ?? 0;
    return { batch: rows !== null && rows.rowCount > 0 ? rows : null, account, reason: null };
  }
}

/** How many rows of a backward batch are not before an instant. */
function rowsFrom(batch: LogBatch, startNs: bigint): number {
  let rows = batch.rowCount;
  while (rows > 0 && timeAt(batch, rows - 1) < startNs) rows--;
  return rows;
}

/** How many rows of a forward batch are before an instant. */
function rowsBefore(batch: LogBatch, startNs: bigint): number {
  let rows = 0;
  while (rows < batch.rowCount && timeAt(batch, rows) < startNs) rows++;
  return rows;
}
