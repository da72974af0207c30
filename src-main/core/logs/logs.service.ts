import type { z } from "zod";
import type { LogTarget } from "../../../src-shared/api/log-target.ts";
import type {
  CostEstimate,
  FieldStat,
  Histogram,
  logsApi,
  ResultSetState,
  RowWindow,
} from "../../../src-shared/api/logs.api.ts";
import { AppError } from "../../../src-shared/errors/app-error.ts";
import type { LabelSet } from "../../../src-shared/model/labels.ts";
import { LOG_LEVELS } from "../../../src-shared/model/log-level.ts";
import type { DetectedField } from "../../../src-shared/model/log-query.ts";
import { nanoFromMs, type TimeRange } from "../../../src-shared/model/nano-time.ts";
import { fireAndForget } from "../common/logger.ts";
import { anchorOf } from "./context-anchor.ts";
import { copyRows, type CopiedText } from "./copy-rows.ts";
import type { LogSource, MetricAnswer } from "./log-source.ts";
import { estimateCost } from "./query-cost.ts";
import { queryVolume, type Volume } from "./query-volume.ts";
import type { AdmitQuery, AdmittedQuery, Asker, QueryAsk } from "./query-admission.ts";
import { readIntoSet, tailIntoSet, type OpenSource, type ReaderParts } from "./read-into-set.ts";
import { ResultSets, type ResultSetsOptions } from "./result-sets.ts";
import { changeFeed } from "./result-set/change-feed.ts";
import { nearestRow } from "./result-set/row-at-time.ts";
import type { ResultSet } from "./result-set/result-set.ts";
import { readContext } from "./row-context.ts";
import { batchOf } from "./row-list.ts";
import { linePiece, rowWindow } from "./row-window.ts";
import { checkTextMatch, findInSet, findNext, type SearchProgress } from "./search-set.ts";
import { setHistogram } from "./set-histogram.ts";

/** A procedure's input as its handler gets it. */
type Input<Name extends keyof typeof logsApi> = z.output<(typeof logsApi)[Name]["input"]>;

export interface PodListing {
  readonly namespace: string;
  readonly pod: string;
  readonly containers: string[];
  readonly component: string;
}

export interface LogsServiceOptions extends ResultSetsOptions {
  readonly openSource: OpenSource;
  /** What stands between a query and Loki. */
  readonly admit: AdmitQuery;
  /** The pods whose logs a target of kind `pods` can read. */
  readonly listPods: (target: LogTarget, signal: AbortSignal) => Promise<readonly PodListing[]>;
}

/** How long `stop` waits for the source to let go before it says how things are. */
const STOP_MS = 2_000;

/** Logs as the window works with them: sources by target, results as sets of rows. One method a procedure. */
export class LogsService implements AsyncDisposable {
  readonly #options: LogsServiceOptions;
  readonly #sets: ResultSets;

  private constructor(options: LogsServiceOptions, sets: ResultSets) {
    this.#options = options;
    this.#sets = sets;
  }

  static async open(options: LogsServiceOptions): Promise<LogsService> {
    return new LogsService(options, await ResultSets.open(options));
  }

  /** The result sets, for the jobs that read into them or out of them. */
  get sets(): ResultSets {
    return this.#sets;
  }

  async labels({ target, range, query }: Input<"labels">, signal: AbortSignal): Promise<string[]> {
    checkRange(range);
    return await this.#with(target, signal, async (source) => [...(await source.labels(range, query ?? null, signal))]);
  }

  async labelValues({ target, range, label, query }: Input<"labelValues">, signal: AbortSignal): Promise<string[]> {
    checkRange(range);
    return await this.#with(target, signal, async (source) => [
      ...(await source.labelValues(label, range, query ?? null, signal)),
    ]);
  }

  async series({ target, range, matchers }: Input<"series">, signal: AbortSignal): Promise<LabelSet[]> {
    checkRange(range);
    return await this.#with(target, signal, async (source) => [...(await source.series(matchers, range, signal))]);
  }

  async detectedFields(input: Input<"detectedFields">, signal: AbortSignal): Promise<DetectedField[]> {
    const { target, range, query } = input;
    checkRange(range);
    return await this.#with(target, signal, async (source) => {
      if (!source.capabilities().detectedFields) throw unsupported("detected-fields");
      return [...(await source.detectedFields(query, range, signal))];
    });
  }

  async estimate({ target, range, query }: Input<"estimate">, signal: AbortSignal): Promise<CostEstimate> {
    checkRange(range);
    const { settings, logger } = this.#options;
    const limits = {
      warnBytes: settings.get("logs.warnBytes"),
      warnRangeHours: settings.get("logs.warnRangeHours"),
    };
    return await this.#with(target, signal, (source) => estimateCost(source, query, range, limits, logger, signal));
  }

  async volume(input: Input<"volume">, asker: Asker, signal: AbortSignal): Promise<Volume> {
    const { target, range, query, buckets } = input;
    checkRange(range);
    await using admitted = await this.#admit({ asker, target, query, range, limit: null }, signal);
    return await this.#with(target, signal, (source) =>
      queryVolume(admitted.counted(source), query, range, buckets, this.#options.logger, signal),
    );
  }

  async metric(input: Input<"metric">, asker: Asker, signal: AbortSignal): Promise<MetricAnswer> {
    const { target, range, query, stepNs, spending } = input;
    if (range.endNs < range.startNs) throw new AppError("logs.range-reversed", {});
    await using admitted = await this.#admit({ asker, target, query, range, limit: null, spending }, signal);
    return await this.#with(target, signal, (source) => {
      if (!source.capabilities().metricQueries) throw unsupported("metric-queries");
      return admitted.counted(source).metric({ expr: query, range, stepNs }, signal);
    });
  }

  async pods({ target }: Input<"pods">, signal: AbortSignal): Promise<PodListing[]> {
    return [...(await this.#options.listPods(target, signal))];
  }

  /** Rejects with what a quota has against it; what goes wrong afterwards is the set's. */
  async open(input: Input<"open">, asker: Asker, signal: AbortSignal): Promise<ResultSetState> {
    const { target, range, query, direction, limit, spending } = input;
    checkRange(range);
    const admitted = await this.#admit({ asker, target, query, range, limit, spending }, signal);
    const { set, abort } = this.#sets.create(asker.principal, target, direction);
    const reading = readIntoSet(set, { expr: query, range, direction, limit }, this.#reader(admitted), abort.signal);
    fireAndForget(reading, this.#options.logger, "a reader broke");
    return set.state();
  }

  async tail({ target, query, sinceNs }: Input<"tail">, asker: Asker, signal: AbortSignal): Promise<ResultSetState> {
    const nowNs = nanoFromMs(this.#options.clock.nowMs());
    const range = { startNs: sinceNs ?? nowNs, endNs: nowNs };
    const admitted = await this.#admit({ asker, target, query, range, limit: null, small: true }, signal);
    const { set, abort } = this.#sets.create(asker.principal, target, "forward");
    const tailing = tailIntoSet(set, { expr: query, sinceNs: sinceNs ?? null }, this.#reader(admitted), abort.signal);
    fireAndForget(tailing, this.#options.logger, "a tail broke");
    return set.state();
  }

  async stop({ set: id }: Input<"stop">): Promise<ResultSetState> {
    const set = this.#sets.registry.stop(id);
    const waiting = new AbortController();
    const ended = new Promise<void>((resolve) => {
      const look = () => {
        if (set.progress.ended) resolve();
      };
      set.onChange(look);
      look();
    });
    const patience = this.#options.clock.sleep(STOP_MS, waiting.signal).catch(() => null);
    await Promise.race([ended, patience]);
    waiting.abort();
    return set.state();
  }

  async close({ set }: Input<"close">): Promise<{ closed: boolean }> {
    return { closed: await this.#sets.registry.close(set) };
  }

  /** The set's state now and after changes, at most ten times a second, until the set is closed. */
  async *watch({ set: id }: Input<"watch">, signal: AbortSignal): AsyncGenerator<ResultSetState, void, void> {
    using watched = this.#sets.registry.watch(id);
    const { set } = watched;
    yield* changeFeed(
      {
        read: () => set.state(),
        ended: () => set.closed,
        changes: [(listener) => set.onChange(listener)],
        // A tail that has gone quiet has a rate that falls.
        refreshMs: () => (!set.progress.ended && set.progress.rate.perSecond() > 0 ? 1_000 : null),
      },
      this.#options.clock,
      signal,
    );
  }

  async window({ set, from, count }: Input<"window">): Promise<RowWindow> {
    return await rowWindow(this.#get(set), from, count);
  }

  async lineText({
    set,
    row,
    offset,
    length,
  }: Input<"lineText">): Promise<{ text: string; nextOffset: number | null; lineBytes: number }> {
    return await linePiece(this.#get(set), row, offset, length);
  }

  async rowAt({ set: id, timestampNs }: Input<"rowAt">): Promise<{ row: number }> {
    const set = this.#get(id);
    return { row: await nearestRow(set, set.direction === "backward", timestampNs) };
  }

  find({ set, match, gutter }: Input<"find">, signal: AbortSignal): AsyncGenerator<SearchProgress, void, void> {
    return findInSet(this.#get(set), match, gutter, this.#options.clock, signal);
  }

  async findNext(
    { set, match, fromRow, direction }: Input<"findNext">,
    signal: AbortSignal,
  ): Promise<{ row: number; index: number; wrapped: boolean }> {
    return await findNext(this.#get(set), match, fromRow, direction, signal);
  }

  async filter({ set, match, levels, range, invert }: Input<"filter">, owner: string): Promise<ResultSetState> {
    if (match !== undefined) checkTextMatch(match);
    if (range !== undefined) checkRange(range);
    const view = this.#sets.createView(this.#get(set), owner, {
      ...(match === undefined ? {} : { match }),
      ...(levels === undefined ? {} : { levels: levels.map((level) => LOG_LEVELS.indexOf(level)) }),
      ...(range === undefined ? {} : range),
      ...(invert === undefined ? {} : { invert }),
    });
    return view.state();
  }

  async histogram({ set, range, buckets }: Input<"histogram">): Promise<Histogram> {
    if (range !== undefined) checkRange(range);
    return await setHistogram(this.#get(set), range ?? null, buckets, this.#sets.pool);
  }

  async fieldStats({
    set,
    top,
  }: Input<"fieldStats">): Promise<{ fields: FieldStat[]; scannedRows: number; whole: boolean }> {
    return await this.#sets.fieldStats(this.#get(set)).count(top);
  }

  /** Reads the lines around a row into a set of their own and answers when they are there. */
  async context(
    { set: id, row, before, after, labels }: Input<"context">,
    asker: Asker,
    signal: AbortSignal,
  ): Promise<ResultSetState & { anchorRow: number }> {
    const base = this.#get(id);
    const anchor = await anchorOf(base, row);
    const nowNs = nanoFromMs(this.#options.clock.nowMs());
    const range = { startNs: nowNs, endNs: nowNs };
    const ask = { asker, target: base.target, query: "", range, limit: before + after, small: true };
    await using admitted = await this.#admit(ask, signal);
    const context = await this.#with(base.target, signal, (source) =>
      readContext(admitted.counted(source), { anchor, before, after, labels: labels ?? null, nowNs }, signal),
    );
    const { set } = this.#sets.create(asker.principal, base.target, "forward");
    set.store.append(batchOf(context.rows));
    set.store.finish();
    set.progress.setCompleteness(context.completeness);
    for (const stats of context.stats) set.progress.addStats(stats);
    set.progress.setPhase("done");
    return { ...set.state(), anchorRow: context.anchorRow };
  }

  async copy({ set, from, to, format, cursor }: Input<"copy">): Promise<CopiedText> {
    return await copyRows(this.#get(set), { from, to }, format, cursor ?? 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#sets[Symbol.asyncDispose]();
  }

  #get(id: Input<"window">["set"]): ResultSet {
    return this.#sets.registry.get(id);
  }

  #admit(ask: QueryAsk, signal: AbortSignal): Promise<AdmittedQuery> {
    return this.#options.admit(ask, (inner) => this.#options.openSource(ask.target, inner), signal);
  }

  #reader(admitted: AdmittedQuery): ReaderParts {
    const { openSource, logger } = this.#options;
    return { openSource, logger, admitted };
  }

  async #with<Value>(
    target: LogTarget,
    signal: AbortSignal,
    use: (source: LogSource) => Promise<Value>,
  ): Promise<Value> {
    await using source = await this.#options.openSource(target, signal);
    return await use(source);
  }
}

/** Ranges are half open: one that ends where it begins holds nothing. */
function checkRange(range: TimeRange): void {
  if (range.endNs <= range.startNs) throw new AppError("logs.range-reversed", {});
}

function unsupported(capability: string): AppError {
  return new AppError("logs.unsupported", { capability });
}
