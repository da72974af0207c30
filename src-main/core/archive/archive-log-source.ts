import { AppError } from "../../../src-shared/errors/app-error.ts";
import { alignedToStep } from "../../../src-shared/logql/answer-query.ts";
import type { MetricExpr } from "../../../src-shared/logql/ast.ts";
import { compileSelector } from "../../../src-shared/logql/pipeline/matchers.ts";
import {
  checkResolution,
  type MetricAnswerData,
  type MetricQueryParams,
} from "../../../src-shared/logql/run-metric-query.ts";
import type { LabelSet } from "../../../src-shared/model/labels.ts";
import type {
  DetectedField,
  IndexStats,
  LogQuery,
  MetricQuery,
  MetricResult,
} from "../../../src-shared/model/log-query.ts";
import { NS_PER_MS, NS_PER_SECOND, type NanoTime, type TimeRange } from "../../../src-shared/model/nano-time.ts";
import type { Clock } from "../common/clock.ts";
import type { Logger } from "../common/logger.ts";
import type {
  LogSource,
  MetricAnswer,
  ReadEvent,
  SourceCapabilities,
  SourceDescription,
  TailEvent,
  TailQuery,
} from "../logs/log-source.ts";
import type { ArchiveContents } from "./archive-contents.ts";
import { asSourceError, bytesByLabel, parseLogExpr, parseMetricExpr, parseSelector } from "./scan/archive-expr.ts";
import type { ArchiveScanner } from "./scan/archive-scanner.ts";
import { FieldDetector } from "./scan/detect-fields.ts";
import { planProbes } from "./scan/line-probes.ts";
import { ReadAccount } from "./scan/read-account.ts";
import { relevantCompleteness } from "./scan/relevant-completeness.ts";
import { readRows } from "./scan/read-rows.ts";
import { runArchiveMetric } from "./scan/run-archive-metric.ts";
import { enoughBlocks, planBlocks } from "./scan/scan-plan.ts";
import { surveyStats, surveyStreams } from "./scan/survey-archive.ts";

export interface ArchiveLogSourceOptions {
  readonly contents: ArchiveContents;
  readonly tenant: string;
  readonly title: string;
  readonly pool: ArchiveScanner;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Lines that fields are looked for in, as Loki does. */
const FIELD_LINES = 1_000;
const PROGRESS_EVERY_MS = 100;

/** One tenant's logs of an opened archive. Disposing it leaves archive and pool as they are. */
export function createArchiveLogSource(options: ArchiveLogSourceOptions): LogSource {
  return new ArchiveLogSource(options);
}

class ArchiveLogSource implements LogSource {
  readonly #options: ArchiveLogSourceOptions;
  readonly #disposed = new AbortController();

  constructor(options: ArchiveLogSourceOptions) {
    this.#options = options;
  }

  describe(): SourceDescription {
    return { kind: "archive", title: this.#options.title };
  }

  capabilities(): SourceCapabilities {
    return { tail: false, metricQueries: true, stats: true, volume: true, detectedFields: true };
  }

  async labels(range: TimeRange, query: string | null, signal: AbortSignal): Promise<readonly string[]> {
    const streams = await this.series(query === null ? [] : [query], range, signal);
    return [...new Set(streams.flatMap((labels) => Object.keys(labels)))].sort();
  }

  async labelValues(
    label: string,
    range: TimeRange,
    query: string | null,
    signal: AbortSignal,
  ): Promise<readonly string[]> {
    const streams = await this.series(query === null ? [] : [query], range, signal);
    return [
      ...new Set(streams.flatMap((labels) => (Object.hasOwn(labels, label) ? [labels[label] ?? ""] : []))),
    ].sort();
  }

  async series(matchers: readonly string[], range: TimeRange, signal: AbortSignal): Promise<readonly LabelSet[]> {
    return await surveyStreams(this.#survey(matchers, range), this.#signal(signal));
  }

  async *read(query: LogQuery, signal: AbortSignal): AsyncGenerator<ReadEvent> {
    const expr = parseLogExpr(query.expr);
    const { limit, direction } = query;
    const { startNs, endNs } = query.range;
    if (endNs < startNs) throw new AppError("logs.range-reversed", {});
    const { contents, tenant, pool, clock } = this.#options;
    const takes = compileSelector(expr.selector.matchers);
    const planned = planBlocks({ contents, tenant, startNs, endNs, takes, direction });
    const plan = planProbes(expr);
    const takesAll = plan.rest.length === 0 && plan.probes.length === 0;
    const enough = limit !== null && takesAll ? enoughBlocks(planned, limit, query.range, takes, direction) : null;
    const account = new ReadAccount();
    const rows = readRows(
      {
        blocks: planned,
        ...(enough === null ? {} : { enough }),
        expr,
        startNs,
        endNs,
        direction,
        streamOrder: "with-direction",
        limit,
        nowNs: this.#nowNs(),
        scanner: pool,
        account,
      },
      this.#signal(signal),
    );
    let count = 0;
    let toldMs = 0;
    for await (const batch of rows) {
      if (batch !== null) {
        count += batch.rowCount;
        yield { kind: "batch", batch };
      }
      const nowMs = clock.nowMs();
      if (nowMs - toldMs < PROGRESS_EVERY_MS) continue;
      toldMs = nowMs;
      yield { kind: "progress", stats: account.stats };
    }
    account.throwIfNothing();
    if (limit !== null && count >= limit) account.limited(limit);
    const doubts = relevantCompleteness(contents, tenant, query.range);
    yield { kind: "end", completeness: account.completeness(doubts), stats: account.stats };
  }

  // oxlint-disable-next-line require-yield -- a port's method that this source refuses
  async *tail(_query: TailQuery, signal: AbortSignal): AsyncGenerator<TailEvent> {
    throw signal.aborted
      ? new AppError("request.cancelled", {})
      : new AppError("logs.unsupported", { capability: "tail" });
  }

  async metric(query: MetricQuery, signal: AbortSignal): Promise<MetricAnswer> {
    const expr = parseMetricExpr(query.expr);
    const { startNs, endNs } = query.range;
    if (endNs < startNs) throw new AppError("logs.range-reversed", {});
    const { stepNs } = query;
    return await this.#metric(
      expr,
      stepNs === null ? { startNs: endNs, endNs, stepNs } : { ...alignedToStep(startNs, endNs, stepNs), stepNs },
      signal,
    );
  }

  async stats(selector: string, range: TimeRange, signal: AbortSignal): Promise<IndexStats> {
    return await surveyStats(this.#survey([selector], range), this.#signal(signal));
  }

  async volume(
    selector: string,
    range: TimeRange,
    stepNs: NanoTime,
    byLabel: string,
    signal: AbortSignal,
  ): Promise<MetricResult> {
    const step = stepNs > 0n ? stepNs : NS_PER_SECOND;
    const buckets = (range.endNs - range.startNs + step - 1n) / step;
    const expr = bytesByLabel(parseSelector(selector), byLabel, step);
    const params = { startNs: range.startNs + step, endNs: range.startNs + buckets * step, stepNs: step };
    const { result } = await this.#metric(expr, params, signal);
    return { ...result, series: result.series.filter(({ metric }) => Object.hasOwn(metric, byLabel)) };
  }

  async detectedFields(query: string, range: TimeRange, signal: AbortSignal): Promise<readonly DetectedField[]> {
    const detector = new FieldDetector();
    const newest: LogQuery = { expr: query, range, direction: "backward", limit: FIELD_LINES };
    for await (const event of this.read(newest, signal)) if (event.kind === "batch") detector.add(event.batch);
    return detector.fields();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed.abort();
  }

  async #metric(
    expr: MetricExpr,
    params: Pick<MetricQueryParams, "startNs" | "endNs" | "stepNs">,
    signal: AbortSignal,
  ): Promise<MetricAnswer> {
    const { contents, tenant, pool } = this.#options;
    const account = new ReadAccount();
    const nowNs = this.#nowNs();
    try {
      if (params.stepNs !== null) checkResolution(params.startNs, params.endNs, params.stepNs);
      const options = { contents, tenant, pool, account, nowNs };
      const data = await runArchiveMetric(expr, { ...params, nowNs: () => nowNs }, options, this.#signal(signal));
      account.throwIfNothing();
      return {
        result: metricResult(data),
        completeness: account.completeness(relevantCompleteness(contents, tenant, null)),
        stats: account.stats,
      };
    } catch (error) {
      throw asSourceError(error);
    }
  }

  #survey(queries: readonly string[], range: TimeRange): Parameters<typeof surveyStreams>[0] {
    const { contents, tenant, pool } = this.#options;
    if (range.endNs < range.startNs) throw new AppError("logs.range-reversed", {});
    return { contents, tenant, pool, selectors: queries.map(parseSelector), range, account: new ReadAccount() };
  }

  #nowNs(): NanoTime {
    return BigInt(this.#options.clock.nowMs()) * NS_PER_MS;
  }

  #signal(signal: AbortSignal): AbortSignal {
    const any = AbortSignal.any([signal, this.#disposed.signal]);
    if (any.aborted) throw new AppError("request.cancelled", {});
    return any;
  }
}

function metricResult(data: MetricAnswerData): MetricResult {
  if (data.resultType === "scalar") {
    return { resultType: "scalar", series: [{ metric: {}, points: [[...data.result]] }], warnings: [] };
  }
  const series =
    data.resultType === "matrix"
      ? data.result.map(({ metric, values }) => ({
          metric,
          points: values.map(([at, value]): [number, string] => [at, value]),
        }))
      : data.result.map(({ metric, value }) => ({ metric, points: [[...value]] as [number, string][] }));
  return { resultType: data.resultType, series, warnings: [] };
}
