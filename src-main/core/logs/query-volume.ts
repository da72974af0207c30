import type { Histogram } from "../../../src-shared/api/logs.api.ts";
import { AppError, isAppError } from "../../../src-shared/errors/app-error.ts";
import type { LogExpr } from "../../../src-shared/logql/ast.ts";
import { levelFromLabels, type LogLevel } from "../../../src-shared/model/log-level.ts";
import type { MetricResult } from "../../../src-shared/model/log-query.ts";
import { msFromNano, NS_PER_MS, NS_PER_SECOND, type TimeRange } from "../../../src-shared/model/nano-time.ts";
import type { Logger } from "../common/logger.ts";
import { bucketPlan, type BucketPlan, type BucketRun } from "./bucket-plan.ts";
import type { LogSource } from "./log-source.ts";
import { statsOf } from "./query-cost.ts";
import { queryShape, sourceText } from "./query-shape.ts";

export type Volume = Histogram & { readonly unit: "entries" | "bytes" };

/** Counting entries reads all that the selector holds; beyond this much the index's bytes are told instead. */
const CHEAP_BYTES = 2 * 2 ** 30;

/**
 * How much a query has over a range, from the source and not from the rows read: entries by level where counting them is
 * cheap, else bytes. For a metric query it is the volume of the logs behind it. LogQL's windows are whole milliseconds
 * (`[999ms]`; there is no finer unit), so a range that is not is rounded outwards to them.
 * @throws `logs.unsupported` where the source can tell neither.
 */
export async function queryVolume(
  source: LogSource,
  query: string,
  range: TimeRange,
  maxBuckets: number,
  logger: Logger,
  signal: AbortSignal,
): Promise<Volume> {
  const plan = bucketPlan(wholeMs(range), maxBuckets);
  const log = queryShape(query)?.logs[0];
  const { metricQueries, volume } = source.capabilities();
  if (log === undefined || !(metricQueries || volume)) throw new AppError("logs.unsupported", { capability: "volume" });
  if (metricQueries && (!volume || (await isCheap(source, query, log, range, signal)))) {
    try {
      return await entriesByLevel(source, query, log, plan, signal);
    } catch (error) {
      // The pipeline may be one that a metric query refuses; the index does not look at it.
      if (!isAppError(error) || signal.aborted || !volume) throw error;
      logger.debug("volume falls back to bytes", { code: error.code });
    }
  }
  return await bytesOfStreams(source, query, log, plan, signal);
}

async function isCheap(
  source: LogSource,
  query: string,
  log: LogExpr,
  range: TimeRange,
  signal: AbortSignal,
): Promise<boolean> {
  const stats = await statsOf(source, query, [log], range, signal);
  return stats !== null && stats.bytes <= CHEAP_BYTES;
}

/**
 * Loki counts the entries of `(t - range, t]` at a time `t`; `offset 1ns` makes that `[t - range, t)`, so that an entry on
 * an edge, as all are where logs have whole seconds, is in the bucket that begins there.
 */
async function entriesByLevel(
  source: LogSource,
  query: string,
  log: LogExpr,
  plan: BucketPlan,
  signal: AbortSignal,
): Promise<Volume> {
  // A line that a parser could not read would make Loki refuse the whole query.
  const counted = `${sourceText(query, log)}\n| drop __error__, __error_details__`;
  const answers = await Promise.all(
    plan.runs.map(async (run) => {
      const whole = run.range.endNs - run.range.startNs;
      const single = run.buckets === 1;
      const window = single ? whole : plan.stepNs;
      const answer = await source.metric(
        {
          expr: `sum by (level, detected_level) (count_over_time(${counted} [${duration(window)}] offset 1ns))`,
          range: {
            startNs: single ? run.range.endNs : run.range.startNs + plan.stepNs,
            endNs: run.range.endNs,
          },
          stepNs: single ? null : plan.stepNs,
        },
        signal,
      );
      return { run, answer };
    }),
  );
  const buckets = emptyBuckets(plan);
  for (const { run, answer } of answers) addPoints(buckets, plan, run, answer.result, 0n);
  const whole = answers.every(({ answer }) => answer.completeness.verdict !== "incomplete");
  return { ...grid(plan), buckets, whole, unit: "entries" };
}

async function bytesOfStreams(
  source: LogSource,
  query: string,
  log: LogExpr,
  plan: BucketPlan,
  signal: AbortSignal,
): Promise<Volume> {
  const selector = sourceText(query, log.selector);
  // A label that every stream of the selector has: streams without it would be left out.
  const byLabel = log.selector.matchers.find(({ op, value }) => (op === "=" || op === "=~") && value !== "")?.name;
  if (byLabel === undefined) throw new AppError("logs.unsupported", { capability: "volume" });
  const buckets = emptyBuckets(plan);
  const answers = await Promise.all(
    plan.runs.map(async (run) => {
      const step = run.buckets === 1 ? run.range.endNs - run.range.startNs : plan.stepNs;
      return { run, result: await source.volume(selector, run.range, step, byLabel, signal) };
    }),
  );
  // Loki writes a bucket's bytes at its last millisecond, the last bucket's at its end.
  for (const { run, result } of answers) addPoints(buckets, plan, run, result, NS_PER_MS);
  return { ...grid(plan), buckets, whole: true, unit: "bytes" };
}

type Bucket = Partial<Record<LogLevel, number>>;

function emptyBuckets(plan: BucketPlan): Bucket[] {
  return Array.from({ length: plan.buckets }, () => ({}));
}

function grid(plan: BucketPlan): { startNs: string; bucketNs: string } {
  return { startNs: String(plan.startNs), bucketNs: String(plan.stepNs) };
}

/** Adds points, each written at its bucket's end or up to `slackNs` before it. */
function addPoints(buckets: Bucket[], plan: BucketPlan, run: BucketRun, result: MetricResult, slackNs: bigint): void {
  for (const { metric, points } of result.series) {
    const level = levelFromLabels(metric) ?? "unknown";
    for (const [seconds, text] of points) {
      const atNs = BigInt(Math.round(seconds * 1_000)) * NS_PER_MS;
      const offset = run.buckets === 1 ? 0 : Number((atNs - 1n - slackNs - run.range.startNs) / plan.stepNs);
      const bucket = buckets[run.firstBucket + Math.min(Math.max(offset, 0), run.buckets - 1)];
      const value = Number(text);
      if (bucket !== undefined && value > 0) bucket[level] = (bucket[level] ?? 0) + value;
    }
  }
}

/** A range between brackets, in whole milliseconds. */
function duration(ns: bigint): string {
  return ns % NS_PER_SECOND === 0n ? `${ns / NS_PER_SECOND}s` : `${ns / NS_PER_MS}ms`;
}

function wholeMs(range: TimeRange): TimeRange {
  const floor = (ns: bigint) => BigInt(msFromNano(ns)) * NS_PER_MS;
  return { startNs: floor(range.startNs), endNs: floor(range.endNs + NS_PER_MS - 1n) };
}
