import type { LabelSet } from "../../../../src-shared/model/labels.ts";
import { LogQlEvalError } from "../../../../src-shared/logql/logql-error.ts";
import { labelsKey } from "../../../../src-shared/logql/metric/series.ts";
import type { FedSamples, TalliedSeries } from "../../../../src-shared/logql/metric/eval-context.ts";
import type { SampleLabels } from "../../../../src-shared/logql/metric/sample-extractor.ts";
import { isTallied, seriesLimit } from "../../../../src-shared/logql/metric/range-aggregation.ts";
import { stepFinder, type StepFinder, type StepSpan } from "../../../../src-shared/logql/metric/step-grid.ts";
import type { SamplesNeeded } from "../../../../src-shared/logql/run-metric-query.ts";
import type { SampleColumns, SampleFailure, SamplesAnswer } from "./scan-protocol.ts";
import { SampleStore } from "./sample-store.ts";

/** Series times steps that are held at most, where the query names no bound: 256 MiB of them. */
const MAX_POINTS = 2 ** 24;
/** Samples that are held at most for an aggregation that is not tallied. */
const MAX_SAMPLES = 10_000_000;
/** Samples that wait to be compared with other blocks' before they are added up. */
const MAX_WAITING = 1_000_000;

interface Series extends TalliedSeries {
  /** Where it was met first, stream by stream: orders series as if all entries were in one place. */
  first: readonly [hash: bigint, timeNs: bigint, order: number];
}

/** Puts together what blocks gave for one range aggregation. */
export class SampleCollector {
  readonly #steps: number;
  readonly #tallied: boolean;
  readonly #find: StepFinder;
  readonly #maxSeries: number;
  readonly #series = new Map<string, Series>();
  readonly #bySample = new WeakMap<SampleLabels, Series>();
  readonly #store = new SampleStore();
  readonly #span: StepSpan = { first: 0, last: 0, offset: 0 };
  #failure: (Pick<SampleFailure, "labels" | "step"> & Pick<Series, "first">) | null = null;

  constructor({ aggregation, grid }: SamplesNeeded, maxSeries: number | undefined) {
    this.#steps = grid.count;
    this.#tallied = isTallied(aggregation);
    this.#find = stepFinder(grid, aggregation.range.intervalNs, aggregation.range.offsetNs);
    this.#maxSeries = maxSeries ?? Math.max(1_000, Math.floor(MAX_POINTS / (grid.count + 1)));
  }

  /** `order` is the block's place in the archive; no block to come has rows before `frontierNs`. */
  add(answer: SamplesAnswer, order: number, frontierNs: bigint | null): void {
    this.#noteFailure(answer.failure, order);
    if (answer.samples !== null) this.#store.add(answer.samples, answer.labels, order);
    if (!this.#tallied) {
      if (this.#store.count > MAX_SAMPLES) throw tooManySamples();
      return;
    }
    const series = answer.labels.map((sample, at) => {
      const own = this.#seriesOf(sample.labels, [answer.firstHashes[at] ?? 0n, answer.firstTimesNs[at] ?? 0n, order]);
      this.#bySample.set(sample, own);
      return own;
    });
    if (answer.tallies !== null) addTallies(series, answer.tallies);
    if (answer.loose !== null) this.#addSamples(series, answer.loose);
    if (this.#store.count > MAX_WAITING && frontierNs !== null) this.#settle(frontierNs);
  }

  /** What the query's feed gives for this aggregation. */
  finish(): FedSamples {
    const failure = this.#failure?.labels ?? null;
    if (!this.#tallied) return { kind: "samples", failure, each: (visit) => this.#store.take(null, visit) };
    this.#settle(null);
    const series = [...this.#series.values()].sort((left, right) => compareFirst(left.first, right.first));
    return { kind: "tallies", failure, series };
  }

  #settle(frontierNs: bigint | null): void {
    this.#store.take(frontierNs, (sample, value, timestampNs) => {
      const series = this.#bySample.get(sample);
      if (series !== undefined) this.#addSample(series, value, timestampNs);
    });
  }

  #noteFailure(failure: SampleFailure | null, order: number): void {
    if (failure === null) return;
    const first: Series["first"] = [failure.hash, failure.timestampNs, order];
    const known = this.#failure;
    if (known !== null) {
      if (failure.step > known.step) return;
      if (failure.step === known.step && compareFirst(first, known.first) >= 0) return;
    }
    this.#failure = { labels: failure.labels, step: failure.step, first };
  }

  #seriesOf(labels: LabelSet, first: Series["first"]): Series {
    const key = labelsKey(labels);
    const known = this.#series.get(key);
    if (known !== undefined) {
      if (compareFirst(first, known.first) < 0) known.first = first;
      return known;
    }
    if (this.#series.size >= this.#maxSeries) throw seriesLimit(this.#maxSeries);
    const length = this.#steps + 1;
    const made: Series = { labels, counts: new Float64Array(length), sums: new Float64Array(length), first };
    this.#series.set(key, made);
    return made;
  }

  #addSamples(series: readonly Series[], { timestampsNs, values, labelRefs }: SampleColumns): void {
    for (let at = 0; at < timestampsNs.length; at += 1) {
      const own = series[labelRefs[at] ?? 0];
      if (own !== undefined) this.#addSample(own, values[at] ?? 0, timestampsNs[at] ?? 0n);
    }
  }

  #addSample({ counts, sums }: Series, value: number, timestampNs: bigint): void {
    const span = this.#span;
    this.#find(timestampNs, span);
    if (span.last < span.first) return;
    counts[span.first] = (counts[span.first] ?? 0) + 1;
    counts[span.last + 1] = (counts[span.last + 1] ?? 0) - 1;
    sums[span.first] = (sums[span.first] ?? 0) + value;
    sums[span.last + 1] = (sums[span.last + 1] ?? 0) - value;
  }
}

function tooManySamples(): LogQlEvalError {
  const text =
    `the query needs more than ${MAX_SAMPLES.toLocaleString("en")} samples at once; consider a shorter time range, ` +
    "more specific selectors or filters, or an aggregation that counts";
  return new LogQlEvalError(400, text);
}

function addTallies(
  series: readonly Series[],
  { base, width, counts, sums }: NonNullable<SamplesAnswer["tallies"]>,
): void {
  for (const [at, target] of series.entries()) {
    for (let step = 0; step < width; step += 1) {
      const from = at * width + step;
      target.counts[base + step] = (target.counts[base + step] ?? 0) + (counts[from] ?? 0);
      target.sums[base + step] = (target.sums[base + step] ?? 0) + (sums[from] ?? 0);
    }
  }
}

function compareFirst(left: Series["first"], right: Series["first"]): number {
  if (left[0] !== right[0]) return left[0] < right[0] ? -1 : 1;
  if (left[1] !== right[1]) return left[1] < right[1] ? -1 : 1;
  return left[2] - right[2];
}
