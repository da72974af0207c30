import { AppError, hasCode, isAppError } from "../../../../../src-shared/errors/app-error.ts";
import type { CompletenessReason } from "../../../../../src-shared/model/completeness.ts";
import type { LogBatch } from "../../../../../src-shared/model/log-batch.ts";
import type { IndexStats, LogQuery } from "../../../../../src-shared/model/log-query.ts";
import { nanoFromMs, NS_PER_MS, type TimeRange } from "../../../../../src-shared/model/nano-time.ts";
import type { TenantId } from "../../../../../src-shared/model/tenant-id.ts";
import type { Clock } from "../../../common/clock.ts";
import type { ReadEvent } from "../../log-source.ts";
import type { CostListener } from "../../request-cost.ts";
import { CLOSED_AFTER_MS, type AnswerCache } from "./answer-cache.ts";
import { batchBytes, copyBatch, sliceRows } from "./column-batches.ts";
import { completenessVerdict, suspectAnswer, type ReadEvidence } from "./completeness-verdict.ts";
import { confirmByIndex, indexStatsOrNull } from "./index-promise.ts";
import { InstantReader } from "./instant-reader.ts";
import type { LokiClient } from "./loki-client.ts";
import { orderedLanes } from "./ordered-lanes.ts";
import type { PageParser } from "./page-parser.ts";
import { PageSource, type PageAccount, type PageSize } from "./page-source.ts";
import { hasPipeline, selectorsOf } from "./query-text.ts";
import { planParts } from "./range-plan.ts";
import { readRange, type RangePiece } from "./range-reader.ts";
import { ReadMeter } from "./read-meter.ts";
import { durationMs, type TenantLimits } from "./tenant-limits.ts";

export interface LogReaderOptions {
  readonly client: LokiClient;
  readonly parser: PageParser;
  readonly size: PageSize;
  readonly limits: (signal: AbortSignal) => Promise<TenantLimits>;
  readonly cache: AnswerCache | null;
  readonly clock: Clock;
  readonly site: string;
  readonly tenant: TenantId;
  /** Pages ready ahead of the reader, in bytes of their columns. */
  readonly maxBufferedBytes: number;
  /** `false` gives streams as Loki does without the flag: metadata and parsed labels merged into them. */
  readonly categorize: boolean;
  readonly onAccount?: (account: PageAccount) => void;
  readonly onCost?: CostListener | undefined;
}

/** Parts of a range that may fail one after the other before the whole read does. */
const MAX_FAILED_PARTS = 3;
const INSTANT_REQUESTS = 2_000;
const NOTHING: IndexStats = { streams: 0, chunks: 0, bytes: 0, entries: 0 };

/** Reads a log query to its limit or its end; see `LogSource.read`. */
export async function* readLogs(
  options: LogReaderOptions,
  query: LogQuery,
  signal: AbortSignal,
): AsyncGenerator<ReadEvent, void, undefined> {
  if (query.range.endNs <= query.range.startNs) throw new AppError("logs.range-reversed", {});
  const run = new ReadRun(options, query, signal);
  yield* run.events();
}

class ReadRun {
  readonly #options: LogReaderOptions;
  readonly #query: LogQuery;
  readonly #signal: AbortSignal;
  readonly #meter = new ReadMeter();
  readonly #pages: PageSource;
  readonly #instants: InstantReader;
  readonly #accounts: PageAccount[] = [];
  readonly #noticed: CompletenessReason[] = [];
  #rows = 0;

  constructor(options: LogReaderOptions, query: LogQuery, signal: AbortSignal) {
    this.#options = options;
    this.#query = query;
    this.#signal = signal;
    const { client, parser, size, categorize, onCost } = options;
    const onRetry = (): void => this.#meter.retried();
    this.#pages = new PageSource({ client, parser, size, categorize, onRetry, onCost });
    const samples = new PageSource({ client, parser, size, categorize: true, onRetry, onCost });
    this.#instants = new InstantReader({ client, pages: this.#pages, samples, maxRequests: INSTANT_REQUESTS });
  }

  async *events(): AsyncGenerator<ReadEvent, void, undefined> {
    const { expr, range, limit } = this.#query;
    const limits = await this.#options.limits(this.#signal);
    const oneRequest = limit !== null && limit <= this.#options.size.ordinary;
    let promised = oneRequest ? null : await this.#promise(range);
    const plan = (longestMs: number | null): readonly TimeRange[] =>
      planParts({
        range,
        direction: this.#query.direction,
        promised: oneRequest ? NOTHING : promised,
        filtered: hasPipeline(expr),
        longestNs: longestMs === null || longestMs === 0 ? null : BigInt(longestMs) * NS_PER_MS,
      });
    try {
      yield* this.#parts(plan(limits.maxQueryLengthMs));
    } catch (error) {
      // A server that does not publish its limits says so only now.
      const longestMs = this.#rows === 0 ? longestRangeMs(error) : null;
      if (longestMs === null || longestMs === limits.maxQueryLengthMs) throw error;
      yield* this.#parts(plan(longestMs));
    }
    if (oneRequest && this.#rows < limit) promised = await this.#promise(range);
    const evidence: ReadEvidence = {
      range,
      rows: this.#rows,
      limit,
      answers: this.#accounts,
      promised,
      needsPromise: true,
      confirmation: null,
      noticed: this.#noticed,
      lookbackStartNs: this.#lookbackStart(limits),
    };
    const completeness = completenessVerdict({ ...evidence, confirmation: await this.#confirmation(evidence) });
    yield { kind: "end", completeness, stats: this.#meter.stats };
  }

  async *#parts(parts: readonly TimeRange[]): AsyncGenerator<ReadEvent, void, undefined> {
    const { limit } = this.#query;
    const { client, size, maxBufferedBytes } = this.#options;
    const lanes = orderedLanes(
      parts.length,
      (index, laneSignal) => this.#part(parts[index] ?? this.#query.range, laneSignal),
      {
        // With a limit, parts read ahead may be for nothing.
        parallel: () =>
          limit === null
            ? client.parallelRequests
            : Math.min(client.parallelRequests, 1 + Math.floor((limit - this.#rows) / (2 * size.ordinary))),
        maxBufferedBytes,
        sizeOf: (piece) => (piece.batch === null ? 0 : batchBytes(piece.batch)),
      },
      this.#signal,
    );
    let failures = 0;
    let firstFailure: unknown = null;
    let succeeded = 0;
    for await (const event of lanes) {
      this.#throwIfCancelled();
      if (event.kind === "piece") {
        yield* this.#taken(event.piece);
        if (limit !== null && this.#rows >= limit) return;
      } else if (event.kind === "done") {
        succeeded++;
        failures = 0;
      } else {
        firstFailure ??= event.error;
        failures++;
        if (parts.length === 1 || failures >= MAX_FAILED_PARTS || !mayPass(event.error)) throw event.error;
        this.#noticed.push(splitFailed(parts[event.lane] ?? this.#query.range, event.error));
      }
    }
    if (succeeded === 0 && firstFailure !== null) throw firstFailure;
  }

  *#taken(piece: RangePiece): Generator<ReadEvent, void, undefined> {
    const { batch, account, reason } = piece;
    if (reason !== null) this.#noticed.push(reason);
    if (account !== null) {
      this.#meter.answered(account);
      this.#options.onAccount?.(account);
      // A month has many answers, and Loki's own words about each are long.
      this.#accounts.push({ ...account, raw: null });
    }
    if (batch !== null && batch.rowCount > 0) {
      const left = (this.#query.limit ?? Number.POSITIVE_INFINITY) - this.#rows;
      const rows = sliceRows(batch, 0, Math.min(batch.rowCount, left));
      this.#rows += rows.rowCount;
      yield { kind: "batch", batch: rows };
    }
    yield { kind: "progress", stats: this.#meter.stats };
  }

  async *#part(range: TimeRange, signal: AbortSignal): AsyncGenerator<RangePiece, void, undefined> {
    const { expr, direction, limit } = this.#query;
    const { cache, site, tenant, categorize } = this.#options;
    const key = { site, tenant, expr, range, direction, categorize };
    const cached = this.#query.continues === undefined;
    const closed = cached && range.endNs <= nanoFromMs(this.#options.clock.nowMs() - CLOSED_AFTER_MS);
    const found = closed ? (cache?.get(key) ?? null) : null;
    if (found !== null) {
      this.#meter.fromCache();
      for (const account of found.accounts) yield { batch: null, account, reason: null };
      for (const batch of found.batches) yield { batch, account: null, reason: null };
      return;
    }
    const startsInside = this.#query.continues === true || range.startNs !== this.#query.range.startNs;
    const task = { expr, range, direction, startsInside };
    const keep = new KeptRange(closed ? (cache?.maxEntryBytes ?? 0) : 0);
    let rows = 0;
    for await (const piece of readRange({ pages: this.#pages, instants: this.#instants }, task, limit, signal)) {
      rows += piece.batch?.rowCount ?? 0;
      keep.add(piece);
      yield piece;
    }
    const atEnd = limit === null || rows < limit;
    if (atEnd && keep.isComplete(range)) cache?.put(key, { batches: keep.batches, accounts: keep.accounts });
  }

  async #promise(range: TimeRange): Promise<IndexStats | null> {
    const [selector, ...others] = selectorsOf(this.#query.expr);
    if (selector === undefined || others.length > 0) return null;
    return indexStatsOrNull(this.#options.client, selector, range, this.#signal);
  }

  async #confirmation(evidence: ReadEvidence) {
    const suspect = suspectAnswer(evidence);
    const [selector] = selectorsOf(this.#query.expr);
    if (suspect === null || selector === undefined) return null;
    return confirmByIndex(
      this.#options.client,
      selector,
      { startNs: suspect.startNs, endNs: suspect.endNs },
      this.#signal,
    );
  }

  #lookbackStart(limits: TenantLimits): bigint | null {
    if (limits.maxLookbackMs === null || limits.maxLookbackMs === 0) return null;
    return nanoFromMs(this.#options.clock.nowMs() - limits.maxLookbackMs);
  }

  #throwIfCancelled(): void {
    if (this.#signal.aborted) throw new AppError("request.cancelled", {});
  }
}

/** What a part yielded, for the cache, for as long as it is small enough. */
class KeptRange {
  readonly batches: LogBatch[] = [];
  readonly accounts: PageAccount[] = [];
  readonly #maxBytes: number;
  #bytes = 0;
  #whole = true;
  #rows = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  add(piece: RangePiece): void {
    if (piece.reason !== null) this.#whole = false;
    if (!this.#whole) return;
    if (piece.account !== null) this.accounts.push({ ...piece.account, raw: null });
    if (piece.batch === null) return;
    this.#bytes += batchBytes(piece.batch);
    this.#rows += piece.batch.rowCount;
    if (this.#bytes > this.#maxBytes) {
      this.#whole = false;
      this.batches.splice(0);
      return;
    }
    this.batches.push(copyBatch(piece.batch));
  }

  /** Only what its own stats account for is kept: an empty answer may mean that the index was not readable. */
  isComplete(range: TimeRange): boolean {
    if (!this.#whole || this.#maxBytes === 0) return false;
    const { verdict } = completenessVerdict({
      range,
      rows: this.#rows,
      limit: null,
      answers: this.accounts,
      promised: null,
      needsPromise: false,
      confirmation: null,
      noticed: [],
      lookbackStartNs: null,
    });
    return verdict === "complete";
  }
}

function splitFailed(range: TimeRange, error: unknown): CompletenessReason {
  const code = isAppError(error) ? error.code : "internal";
  return { kind: "split-failed", startNs: range.startNs.toString(), endNs: range.endNs.toString(), code };
}

/** The limit out of `the query time range exceeds the limit (query length: 3h0m0s, limit: 2h)`. */
function longestRangeMs(error: unknown): number | null {
  if (!hasCode(error, "loki.limit-exceeded") || error.params.limit !== "max_query_length") return null;
  const text = /limit: ([^)]+)\)/.exec(error.params.text)?.[1];
  return text === undefined ? null : durationMs(text);
}

/** Failures of one part that need not concern the others. */
function mayPass(error: unknown): boolean {
  return isAppError(error) && error.retryable && !hasCode(error, "request.cancelled");
}
