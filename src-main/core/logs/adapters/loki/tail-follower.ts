import { AppError, hasCode, isAppError } from "../../../../../src-shared/errors/app-error.ts";
import type { LogBatch } from "../../../../../src-shared/model/log-batch.ts";
import type { LogQuery } from "../../../../../src-shared/model/log-query.ts";
import type { RowMarker } from "../../../../../src-shared/model/log-row.ts";
import { nanoFromMs, NS_PER_SECOND, type NanoTime } from "../../../../../src-shared/model/nano-time.ts";
import type { TransportSocket } from "../../../clusters/loki-transport.ts";
import type { Clock } from "../../../common/clock.ts";
import type { Logger } from "../../../common/logger.ts";
import type { ReadEvent, TailEvent, TailQuery } from "../../log-source.ts";
import { sliceRows, timeAt } from "./column-batches.ts";
import { EntryWindow } from "./entry-window.ts";
import { FrameFeed, type SocketClose } from "./frame-feed.ts";
import type { LokiClient } from "./loki-client.ts";
import { tailFrame } from "./tail-frame.ts";

/*
 * Following a query for as long as its reader lives.
 *
 * The socket is opened first and what came before is read by queries then, so that between the two nothing is lost; what
 * both hold is told apart by `EntryWindow`. After every loss the same is done again, from a little before the last row
 * that was seen, since entries do not reach Loki in the order of their times. What a back-fill could not bring is a gap,
 * and is said. A Loki that does not serve tail is followed by queries at an interval.
 */

export interface TailParts {
  readonly client: LokiClient;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random: () => number;
  readonly pageEntries: () => number;
  readonly read: (query: LogQuery, signal: AbortSignal) => AsyncIterable<ReadEvent>;
}

const TAIL_PATH = "/loki/api/v1/tail";
/** Entries of history that Loki is asked to send itself: the query brings them, this only closes the seam. */
const SEAM_ENTRIES = "100";
/** How late entries may reach Loki, and how far its clock may be from ours. */
const LATENESS_NS = 30n * NS_PER_SECOND;
const SKEW_NS = 5n * NS_PER_SECOND;
/** Rows that one back-fill brings at most; after a long sleep the rest is a gap. */
const MAX_BACKFILL_ROWS = 500_000;
const MAX_HELD_CHARACTERS = 16 * 1_024 * 1_024;
const POLL_MS = 2_000;
const BACKOFF_BASE_MS = 500;
const BACKOFF_MAX_MS = 30_000;
/** A connection that lived this long was a good one: the next loss starts the back-off anew. */
const STEADY_MS = 10_000;

export function followTail(
  parts: TailParts,
  query: TailQuery,
  signal: AbortSignal,
): AsyncGenerator<TailEvent, void, undefined> {
  return new TailRun(parts, query, signal).events();
}

class TailRun {
  readonly #parts: TailParts;
  readonly #query: TailQuery;
  readonly #signal: AbortSignal;
  readonly #window = new EntryWindow();
  readonly #beginNs: NanoTime;
  #lastNs: NanoTime;
  /** Whether what is before `#lastNs` was read: false until the first history was. */
  #begun = false;
  #failures = 0;
  /** Why the last connection was lost; `null` when that was planned, or nothing was lost. */
  #lost: string | null = null;
  #following = false;
  /** Loki refused our `start`: its clock is behind ours. */
  #omitStart = false;

  constructor(parts: TailParts, query: TailQuery, signal: AbortSignal) {
    this.#parts = parts;
    this.#query = query;
    this.#signal = signal;
    this.#beginNs = query.sinceNs ?? this.#nowNs();
    this.#lastNs = this.#beginNs;
  }

  async *events(): AsyncGenerator<TailEvent, void, undefined> {
    for (;;) {
      let socket: TransportSocket;
      try {
        socket = await this.#connect();
      } catch (error) {
        const problem = this.#connectProblem(error);
        if (problem === "not-served") {
          yield* this.#poll();
          return;
        }
        yield* this.#notFollowing(problem.code);
        await this.#backOff(problem);
        continue;
      }
      const connectedAtMs = this.#parts.clock.nowMs();
      using feed = new FrameFeed(socket, MAX_HELD_CHARACTERS);
      yield* this.#caughtUp(feed);
      yield* this.#live(feed);
      this.#throwIfCancelled();
      if (this.#parts.clock.nowMs() - connectedAtMs >= STEADY_MS) this.#failures = 0;
      yield* this.#closed(feed.closed ?? { code: 1006, reason: "" });
    }
  }

  async #connect(): Promise<TransportSocket> {
    const params = new URLSearchParams({ query: this.#query.expr, limit: SEAM_ENTRIES });
    if (!this.#omitStart) params.set("start", this.#resumeNs().toString());
    return this.#parts.client.socket(TAIL_PATH, params, this.#signal);
  }

  /** What a refused or failed connection means; throws what trying again will not mend. */
  #connectProblem(error: unknown): AppError | "not-served" {
    this.#throwIfCancelled();
    if (!isAppError(error)) throw error;
    if (!hasCode(error, "loki.tail-refused")) {
      if (!error.retryable || error.category === "cancelled") throw error;
      return error;
    }
    const { status, reason } = error.params;
    // 404: a query frontend without `tail_proxy_url`. 400 `Bad Request` and the like: a proxy that passes no upgrades.
    if (status === 404 || status === 405 || status === 426 || status === 501) return "not-served";
    if (status === 400 && (reason === "Bad Request" || reason === "")) return "not-served";
    const mapped = this.#parts.client.refusal(error, TAIL_PATH);
    if (!mapped.retryable) throw mapped;
    return mapped;
  }

  /** Everything up to now that is not yet given out; then the tail is live. */
  async *#caughtUp(feed: FrameFeed): AsyncGenerator<TailEvent, void, undefined> {
    const cause = this.#lost;
    if (!this.#begun) {
      if (this.#query.sinceNs !== null) yield* this.#backfill(this.#query.sinceNs, null);
      this.#begun = true;
    } else {
      yield* this.#backfill(this.#resumeNs(), cause);
    }
    // The reader was slow meanwhile and the socket had to wait: what Loki dropped of it is fetched too.
    for (let round = 0; round < 3 && feed.takePaused(); round++) yield* this.#backfill(this.#resumeNs(), null);
    this.#lost = null;
    if (cause !== null) yield this.#marker({ kind: "reconnected" });
    if (!this.#following) yield { kind: "state", state: "following" };
    this.#following = true;
  }

  async *#live(feed: FrameFeed): AsyncGenerator<TailEvent, void, undefined> {
    let first = true;
    for (let text = await feed.next(); text !== null; text = await feed.next()) {
      this.#throwIfCancelled();
      const frame = tailFrame(text);
      if (frame === null) {
        this.#lost = "not a frame of Loki's";
        return;
      }
      const batch = first && this.#omitStart ? rowsFrom(frame.batch, this.#beginNs) : frame.batch;
      first = false;
      if (frame.dropped !== null) {
        const { entries, atNs, streams } = frame.dropped;
        yield this.#marker({ kind: "dropped", entries, streams: [...streams] }, atNs ?? this.#lastNs);
      }
      yield* this.#fresh(batch);
    }
  }

  *#fresh(batch: LogBatch): Generator<TailEvent, number, undefined> {
    const fresh = this.#window.admit(batch);
    for (const at of fresh.timestampsNs) if (at > this.#lastNs) this.#lastNs = at;
    if (fresh.rowCount > 0) yield { kind: "batch", batch: fresh };
    return fresh.rowCount;
  }

  async *#closed(close: SocketClose): AsyncGenerator<TailEvent, void, undefined> {
    const reason = this.#lost ?? close.reason;
    if (reason === "reached tail max duration limit") return;
    if (!this.#omitStart && /(?:end|start) (?:timestamp|time)/.test(reason)) {
      this.#omitStart = true;
      return;
    }
    const told = reason === "" ? `${close.code}` : reason;
    const meaning = this.#parts.client.closeError(reason, TAIL_PATH);
    if (!meaning.retryable) throw meaning;
    yield* this.#notFollowing(told, close.reason !== "" || this.#following);
    await this.#backOff(meaning);
  }

  /** Tells once an outage that the tail is cut, and why. */
  *#notFollowing(cause: string, tell = this.#following): Generator<TailEvent, void, undefined> {
    if (this.#following || this.#lost === null) {
      if (tell) yield this.#marker({ kind: "closed", reason: cause.slice(0, 500) });
      yield { kind: "state", state: "reconnecting" };
    }
    this.#lost ??= cause.slice(0, 500);
    this.#following = false;
  }

  async *#backfill(fromNs: NanoTime, cause: string | null): AsyncGenerator<TailEvent, void, undefined> {
    const range = { startNs: fromNs, endNs: maxNs(this.#nowNs(), this.#lastNs) + SKEW_NS };
    const seenNs = this.#lastNs;
    let entries = 0;
    let gap: string | null = null;
    let reachedNs = seenNs;
    const query: LogQuery = { expr: this.#query.expr, range, direction: "forward", limit: MAX_BACKFILL_ROWS };
    try {
      for await (const event of this.#parts.read(query, this.#signal)) {
        if (event.kind === "batch") {
          reachedNs = timeAt(event.batch, event.batch.rowCount - 1);
          entries += yield* this.#fresh(event.batch);
        }
        if (event.kind === "end" && event.completeness.verdict === "incomplete") {
          gap = event.completeness.reasons[0]?.kind ?? "incomplete";
        }
      }
    } catch (error) {
      this.#throwIfCancelled();
      if (!isAppError(error)) throw error;
      if (!error.retryable) throw error;
      gap = error.code;
    }
    const startNs = (gap === null ? seenNs : maxNs(seenNs, reachedNs)).toString();
    const endNs = maxNs(this.#nowNs(), this.#lastNs).toString();
    if (gap !== null) yield this.#marker({ kind: "gap", startNs, endNs, cause: gap });
    else if (cause !== null && entries > 0) {
      yield this.#marker({ kind: "backfilled", startNs, endNs, entries, cause });
    }
  }

  /** Follows by asking again and again. The window drops what one answer has in common with the last. */
  async *#poll(): AsyncGenerator<TailEvent, void, undefined> {
    yield this.#marker({ kind: "closed", reason: `${TAIL_PATH}: 404, polling` });
    yield { kind: "state", state: "following" };
    this.#following = true;
    let fromNs = this.#beginNs;
    for (;;) {
      const range = { startNs: fromNs, endNs: this.#nowNs() + SKEW_NS };
      const query: LogQuery = { expr: this.#query.expr, range, direction: "forward", limit: MAX_BACKFILL_ROWS };
      try {
        for await (const event of this.#parts.read(query, this.#signal)) {
          if (event.kind === "batch") yield* this.#fresh(event.batch);
        }
      } catch (error) {
        this.#throwIfCancelled();
        if (!isAppError(error) || !error.retryable) throw error;
        yield* this.#notFollowing(error.code);
        await this.#backOff(error);
        continue;
      }
      if (!this.#following) {
        yield this.#marker({ kind: "reconnected" });
        yield { kind: "state", state: "following" };
        this.#following = true;
        this.#lost = null;
        this.#failures = 0;
      }
      fromNs = this.#resumeNs();
      await this.#sleep(POLL_MS);
    }
  }

  async #backOff(error: AppError): Promise<void> {
    const ceiling = Math.min(BACKOFF_MAX_MS, BACKOFF_BASE_MS * 2 ** Math.min(this.#failures, 10));
    this.#failures++;
    const wanted = hasCode(error, "loki.rate-limited") ? error.params.retryAfterMs : 0;
    await this.#sleep(Math.min(wanted, 60_000) + Math.round(this.#parts.random() * ceiling));
  }

  async #sleep(ms: number): Promise<void> {
    await this.#parts.clock.sleep(ms, this.#signal).catch(() => {
      throw new AppError("request.cancelled", {});
    });
  }

  #marker(marker: RowMarker, timestampNs: NanoTime = this.#lastNs): TailEvent {
    return { kind: "marker", timestampNs, marker };
  }

  /** From where on entries may be missing: a while before the last row seen, but not before the tail began. */
  #resumeNs(): NanoTime {
    return maxNs(this.#beginNs, this.#lastNs - LATENESS_NS);
  }

  #nowNs(): NanoTime {
    return nanoFromMs(this.#parts.clock.nowMs());
  }

  #throwIfCancelled(): void {
    if (this.#signal.aborted) throw new AppError("request.cancelled", {});
  }
}

function rowsFrom(batch: LogBatch, startNs: NanoTime): LogBatch {
  let row = 0;
  while (row < batch.rowCount && timeAt(batch, row) < startNs) row++;
  return sliceRows(batch, row, batch.rowCount);
}

function maxNs(a: NanoTime, b: NanoTime): NanoTime {
  return a > b ? a : b;
}
