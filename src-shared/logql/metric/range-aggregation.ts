import type { LabelSet } from "../../model/labels.ts";
import type { Grouping, RangeAggregation } from "../ast.ts";
import { LogQlEvalError } from "../logql-error.ts";
import { durationSeconds } from "../text/go-duration.ts";
import type { EvalContext, FedSamples, StreamSource, TalliedSeries } from "./eval-context.ts";
import { lokiRateCounter } from "./loki-376-metric-bugs.ts";
import { pipelineErrorText } from "./pipeline-error.ts";
import { compileSampleExtractor, type SampleLabels } from "./sample-extractor.ts";
import { emptySeries, labelsKey, type Series, setPoint, sortedLabels } from "./series.ts";
import { stepFinder, type StepSpan } from "./step-grid.ts";
import { extrapolatedRate, type Samples, windowFunction, type WindowFunction } from "./window-functions.ts";

/** Samples of one series while they are collected. */
interface Collected {
  readonly labels: LabelSet;
  readonly times: number[];
  readonly values: number[];
  readonly firsts: number[];
  readonly lasts: number[];
  sorted: boolean;
}

interface Failure {
  readonly labels: LabelSet;
  readonly step: number;
}

type Visit = (sample: SampleLabels, value: number, span: StepSpan) => void;

/** Visits every sample that some window holds, stream by stream; throws for one with an error. */
function eachSample(expr: RangeAggregation, pushed: Grouping | null, context: EvalContext, visit: Visit): void {
  if (typeof context.source === "function") extractEach(expr, pushed, context, context.source, visit);
  else visitFed(context.source.feed(expr, pushed), expr, context, visit);
}

function visitFed(fed: FedSamples, { range }: RangeAggregation, { grid }: EvalContext, visit: Visit): void {
  if (fed.failure !== null) throw new LogQlEvalError(400, pipelineErrorText(fed.failure));
  if (fed.kind === "tallies") return;
  const find = stepFinder(grid, range.intervalNs, range.offsetNs);
  const span: StepSpan = { first: 0, last: 0, offset: 0 };
  fed.each((sample, value, timestampNs) => {
    find(timestampNs, span);
    if (span.last >= span.first) visit(sample, value, span);
  });
}

/** Series that were tallied where the entries are; `null` where entries come here. */
function fedTallies(
  expr: RangeAggregation,
  pushed: Grouping | null,
  context: EvalContext,
): readonly TalliedSeries[] | null {
  if (typeof context.source === "function") return null;
  const fed = context.source.feed(expr, pushed);
  if (fed.failure !== null) throw new LogQlEvalError(400, pipelineErrorText(fed.failure));
  return fed.kind === "tallies" ? fed.series : [];
}

function extractEach(
  expr: RangeAggregation,
  pushed: Grouping | null,
  { grid, options }: EvalContext,
  source: StreamSource,
  visit: Visit,
): void {
  const { intervalNs, offsetNs, log } = expr.range;
  const extractor = compileSampleExtractor(expr, pushed, options);
  const find = stepFinder(grid, intervalNs, offsetNs);
  const span: StepSpan = { first: 0, last: 0, offset: 0 };
  let failure: Failure | null = null;
  const fromNs = grid.startNs - intervalNs - offsetNs;
  const toNs = grid.startNs + BigInt(grid.count - 1) * grid.stepNs - offsetNs;
  for (const { labels, entries } of source(log.selector, fromNs, toNs)) {
    if (!extractor.matches(labels)) continue;
    const run = extractor.forStream(labels);
    for (const { timestampNs, line, metadata } of entries) {
      if (timestampNs <= fromNs || timestampNs > toNs) continue;
      find(timestampNs, span);
      if (span.last < span.first || !run.process(timestampNs, line, metadata)) continue;
      const sample = run.labels();
      if (sample.failed) {
        if (failure === null || span.first < failure.step) failure = { labels: sample.labels, step: span.first };
      } else visit(sample, run.value, span);
    }
  }
  if (failure !== null) throw new LogQlEvalError(400, pipelineErrorText(failure.labels));
}

/** Series by label set; the extractor gives equal labels as one object mostly, so that is asked first. */
class SeriesIndex<T> {
  readonly all: T[] = [];
  private readonly byObject = new Map<SampleLabels, T>();
  private readonly byKey = new Map<string, T>();
  private readonly make: (labels: LabelSet) => T;
  private readonly limit: number;

  constructor(make: (labels: LabelSet) => T, limit: number) {
    this.make = make;
    this.limit = limit;
  }

  of(sample: SampleLabels): T {
    const known = this.byObject.get(sample);
    if (known !== undefined) return known;
    const key = labelsKey(sample.labels);
    let entry = this.byKey.get(key);
    if (entry === undefined) {
      entry = this.make(sample.labels);
      this.byKey.set(key, entry);
      this.all.push(entry);
      if (this.all.length > this.limit) throw seriesLimit(this.limit);
    }
    this.byObject.set(sample, entry);
    return entry;
  }
}

/** What Loki answers where a query has too many series. */
export function seriesLimit(limit: number): LogQlEvalError {
  return new LogQlEvalError(
    400,
    `maximum number of series (${limit}) reached for a single query; consider reducing query cardinality by adding more ` +
      "specific stream selectors, reducing the time range, or aggregating results with functions like sum(), count() or topk()",
  );
}

/** Counts and byte sums are whole numbers: each sample is noted where its steps begin and where they end. */
function tally(expr: RangeAggregation, pushed: Grouping | null, context: EvalContext): readonly TalliedSeries[] {
  const fed = fedTallies(expr, pushed, context);
  if (fed !== null) {
    if (fed.length > context.maxSeries) throw seriesLimit(context.maxSeries);
    return fed;
  }
  const steps = context.grid.count;
  const index = new SeriesIndex(
    (labels) => ({ labels, counts: new Float64Array(steps + 1), sums: new Float64Array(steps + 1) }),
    context.maxSeries,
  );
  eachSample(expr, pushed, context, (sample, value, { first, last }) => {
    const { counts, sums } = index.of(sample);
    counts[first] = (counts[first] ?? 0) + 1;
    counts[last + 1] = (counts[last + 1] ?? 0) - 1;
    sums[first] = (sums[first] ?? 0) + value;
    sums[last + 1] = (sums[last + 1] ?? 0) - value;
  });
  return index.all;
}

function evaluateCounts(expr: RangeAggregation, pushed: Grouping | null, context: EvalContext): readonly Series[] {
  const steps = context.grid.count;
  const seconds = durationSeconds(expr.range.intervalNs);
  const perSecond = expr.op === "rate" || expr.op === "bytes_rate";
  return tally(expr, pushed, context).map(({ labels, counts, sums }) => {
    const series = emptySeries(labels, steps);
    let count = 0;
    let sum = 0;
    for (let step = 0; step < steps; step++) {
      count += counts[step] ?? 0;
      sum += sums[step] ?? 0;
      if (count > 0) setPoint(series, step, perSecond ? sum / seconds : sum);
    }
    return series;
  });
}

function collect(expr: RangeAggregation, pushed: Grouping | null, context: EvalContext): readonly Collected[] {
  const index = new SeriesIndex(
    (labels): Collected => ({ labels, times: [], values: [], firsts: [], lasts: [], sorted: true }),
    context.maxSeries,
  );
  eachSample(expr, pushed, context, (sample, value, { first, last, offset }) => {
    const series = index.of(sample);
    const previous = series.times.at(-1);
    if (previous !== undefined && previous > offset) series.sorted = false;
    series.times.push(offset);
    series.values.push(value);
    series.firsts.push(first);
    series.lasts.push(last);
  });
  return index.all.map((series) => (series.sorted ? series : sortedByTime(series)));
}

function sortedByTime({ labels, times, values, firsts, lasts }: Collected): Collected {
  const order = times
    .map((_, at) => at)
    .toSorted((left, right) => (times[left] ?? 0) - (times[right] ?? 0) || left - right);
  const pick = (list: readonly number[]): number[] => order.map((at) => list[at] ?? 0);
  return { labels, times: pick(times), values: pick(values), firsts: pick(firsts), lasts: pick(lasts), sorted: true };
}

type StepFunction = (samples: Samples, from: number, to: number, step: number) => number;

function rateCounter(expr: RangeAggregation, context: EvalContext): StepFunction {
  const { intervalNs } = expr.range;
  const range = Number(intervalNs);
  if (context.options.compat === "loki") {
    return (samples, from, to) => lokiRateCounter(samples, from, to, range / 1e6);
  }
  const step = Number(context.grid.stepNs);
  return (samples, from, to, at) => {
    const first = samples.times[from] ?? 0;
    const last = samples.times[to - 1] ?? 0;
    return extrapolatedRate(samples, from, to, {
      startToFirst: first - at * step,
      lastToEnd: at * step + range - last,
      sampled: last - first,
      seconds: range / 1e9,
    });
  };
}

function evaluateWindows(expr: RangeAggregation, pushed: Grouping | null, context: EvalContext): readonly Series[] {
  const steps = context.grid.count;
  let apply: StepFunction;
  if (expr.op === "rate_counter") apply = rateCounter(expr, context);
  else {
    const plain: WindowFunction = windowFunction(expr.op, expr.param, durationSeconds(expr.range.intervalNs));
    apply = plain;
  }
  return collect(expr, pushed, context).map((samples) => {
    const series = emptySeries(samples.labels, steps);
    let from = 0;
    let to = 0;
    for (let step = 0; step < steps; step++) {
      while (to < samples.firsts.length && (samples.firsts[to] ?? 0) <= step) to++;
      while (from < to && (samples.lasts[from] ?? 0) < step) from++;
      if (to > from) setPoint(series, step, apply(samples, from, to, step));
    }
    return series;
  });
}

/** The labels of what is absent: those that equality matchers name once. */
function absentLabels(expr: RangeAggregation): LabelSet {
  const seen = new Map<string, string>();
  const spoiled = new Set<string>();
  for (const { name, op, value } of expr.range.log.selector.matchers) {
    if (op === "=" && !seen.has(name) && !spoiled.has(name)) seen.set(name, value);
    else {
      seen.delete(name);
      spoiled.add(name);
    }
  }
  return sortedLabels(seen);
}

function evaluateAbsent(expr: RangeAggregation, context: EvalContext): readonly Series[] {
  const steps = context.grid.count;
  const tallied = tally(expr, null, context);
  const series = emptySeries(absentLabels(expr), steps);
  let count = 0;
  let any = false;
  for (let step = 0; step < steps; step++) {
    for (const { counts } of tallied) count += counts[step] ?? 0;
    if (count > 0) continue;
    setPoint(series, step, 1);
    any = true;
  }
  return any ? [series] : [];
}

/** Whether only the number and the sum of the samples in a window count, which are whole. */
export function isTallied({ op, range }: RangeAggregation): boolean {
  return (
    op === "count_over_time" ||
    op === "bytes_over_time" ||
    op === "bytes_rate" ||
    op === "absent_over_time" ||
    (op === "rate" && range.unwrap === null)
  );
}

/** Evaluates a range aggregation at every step. `pushed` is the grouping of a `sum` around it. */
export function evaluateRange(
  expr: RangeAggregation,
  pushed: Grouping | null,
  context: EvalContext,
): readonly Series[] {
  if (expr.op === "absent_over_time") return evaluateAbsent(expr, context);
  return isTallied(expr) ? evaluateCounts(expr, pushed, context) : evaluateWindows(expr, pushed, context);
}
