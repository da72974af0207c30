import type { LogExpr, RangeAggregation, Stage } from "../../../../src-shared/logql/ast.ts";
import { isTallied } from "../../../../src-shared/logql/metric/range-aggregation.ts";
import {
  compileSampleExtractor,
  type SampleExtractor,
  type SampleLabels,
  type StreamExtractor,
} from "../../../../src-shared/logql/metric/sample-extractor.ts";
import { labelsKey } from "../../../../src-shared/logql/metric/series.ts";
import type { StepSpan } from "../../../../src-shared/logql/metric/step-grid.ts";
import type { BlockRows } from "../archive-block.ts";
import { withoutDuplicates } from "./block-duplicates.ts";
import { scopeOf } from "./block-scope.ts";
import { planProbes } from "./line-probes.ts";
import { rowSteps } from "./row-steps.ts";
import { SampleBuffer } from "./sample-buffer.ts";
import { TallyBuffer } from "./tally-buffer.ts";
import { linelessSampler } from "./lineless-samples.ts";
import { RowIdentities } from "./row-identity.ts";
import { orderByStream } from "./row-order.ts";
import { RowTexts } from "./row-text.ts";
import type { SampleFailure, SamplesAnswer, SamplesRequest } from "./scan-protocol.ts";
import { SharedRanges } from "./shared-ranges.ts";
import { rankStreams, type StreamHashes } from "./stream-rank.ts";

/** The sample of a row, `null` for none. The labels are those of `labels()` after it. */
export interface RowSampler {
  sample(row: number): boolean;
  readonly value: number;
  labels(): SampleLabels;
}

/** The time in which the windows of a range aggregation can hold entries: `(fromNs, toNs]`. */
export function windowsReach(
  { range }: Pick<RangeAggregation, "range">,
  grid: SamplesRequest["grid"],
): { readonly fromNs: bigint; readonly toNs: bigint } {
  return {
    fromNs: grid.startNs - range.intervalNs - range.offsetNs,
    toNs: grid.startNs + BigInt(grid.count - 1) * grid.stepNs - range.offsetNs,
  };
}

/** Extracts the samples of a decoded block, tallied by step where only their number and sum count. */
export function sampleBlock(rows: BlockRows, request: SamplesRequest, streamHashes: StreamHashes): SamplesAnswer {
  const { aggregation, pushed, grid, dedupe } = request;
  const { log } = aggregation.range;
  const extractor = compileSampleExtractor(aggregation, pushed, { nowNs: () => request.nowNs });
  const plan = planProbes(log);
  const { fromNs, toNs } = windowsReach(aggregation, grid);
  const { picked, lines, bytes } = scopeOf(rows, {
    block: request.block,
    startNs: fromNs + 1n,
    endNs: toNs + 1n,
    takes: extractor.matches,
    probes: plan.probes,
  });
  const { hashes, ranks } = rankStreams(rows.streams, rows.streamRefs, picked, streamHashes);
  const byStream = orderByStream(picked, rows, ranks);
  const ordered = dedupe === null ? byStream : withoutDuplicates(rows, byStream);
  const texts = new RowTexts(rows);
  const runs = (compiled: SampleExtractor): ((ref: number) => StreamExtractor) => {
    const known: StreamExtractor[] = [];
    return (ref) => (known[ref] ??= compiled.forStream(rows.streams[ref] ?? {}));
  };
  const sampler = plan.readsLines
    ? pipedSampler(rows, texts, runs(extractor))
    : linelessSampler(rows, texts, request, plan.rest, runs(restExtractor(request, plan.rest)));
  const shared = dedupe === null || dedupe.shared.length === 0 ? null : new SharedRanges(dedupe.shared);
  const identity = dedupe === null || shared === null ? null : new RowIdentities(dedupe.secret);
  const tallied = isTallied(aggregation);
  const table = new SampleLabelTable();
  const kept = new SampleBuffer(identity !== null);
  const own = new TallyBuffer(tallied ? ordered.length : 0);
  const find = rowSteps(rows.timestampsNs, aggregation, grid);
  const span: StepSpan = { first: 0, last: 0, offset: 0 };
  const hashOf = (row: number): bigint => hashes[rows.streamRefs[row] ?? 0] ?? 0n;
  let failure: SampleFailure | null = null;
  for (const row of ordered) {
    find(row, span);
    if (span.last < span.first || !sampler.sample(row)) continue;
    const sample = sampler.labels();
    if (sample.failed) {
      if (failure === null || span.first < failure.step) {
        failure = {
          labels: sample.labels,
          step: span.first,
          hash: hashOf(row),
          timestampNs: rows.timestampsNs[row] ?? 0n,
        };
      }
      continue;
    }
    const ref = table.of(sample, row);
    const isShared = identity !== null && shared?.has(rows.timestampsNs[row] ?? 0n) === true;
    if (tallied && !isShared) {
      own.add(row, span, sampler.value, ref);
      continue;
    }
    const [start, end] = [rows.lineStarts[row] ?? 0, rows.lineEnds[row] ?? 0];
    const mark = isShared ? identity.of(texts.buffer, start, end, rows.metadata?.(row)) : 0n;
    kept.add(hashOf(row), rows.timestampsNs[row] ?? 0n, sampler.value, ref, mark);
  }
  const tallies = tallied ? own.tallies(table.all.length) : null;
  return {
    labels: table.all,
    firstHashes: BigUint64Array.from(table.firstRows, hashOf),
    firstTimesNs: BigInt64Array.from(table.firstRows, (row) => rows.timestampsNs[row] ?? 0n),
    failure,
    tallies,
    samples: kept.finish(),
    loose: tallied && tallies === null ? own.samples(rows.timestampsNs, hashOf) : null,
    lines,
    bytes,
    problems: rows.problems,
  };
}

function restExtractor({ aggregation, pushed, nowNs }: SamplesRequest, stages: readonly Stage[]): SampleExtractor {
  const log: LogExpr = { ...aggregation.range.log, stages };
  return compileSampleExtractor({ ...aggregation, range: { ...aggregation.range, log } }, pushed, {
    nowNs: () => nowNs,
  });
}

function pipedSampler(rows: BlockRows, texts: RowTexts, runOf: (ref: number) => StreamExtractor): RowSampler {
  let run: StreamExtractor | null = null;
  return {
    sample(row) {
      run = runOf(rows.streamRefs[row] ?? 0);
      return run.process(rows.timestampsNs[row] ?? 0n, texts.of(row), rows.metadata?.(row));
    },
    get value() {
      return run?.value ?? 0;
    },
    labels: () => run?.labels() ?? { labels: {}, failed: false },
  };
}

/** Numbers the label sets of samples, and remembers the row that each was met with first. */
class SampleLabelTable {
  readonly all: SampleLabels[] = [];
  readonly firstRows: number[] = [];
  readonly #byObject = new Map<SampleLabels, number>();
  readonly #byKey = new Map<string, number>();
  #last: SampleLabels | null = null;
  #lastNumber = 0;

  of(sample: SampleLabels, row: number): number {
    if (sample === this.#last) return this.#lastNumber;
    this.#last = sample;
    this.#lastNumber = this.#byObject.get(sample) ?? this.#add(sample, row);
    return this.#lastNumber;
  }

  #add(sample: SampleLabels, row: number): number {
    const key = labelsKey(sample.labels);
    let number = this.#byKey.get(key);
    if (number === undefined) {
      number = this.all.push(sample) - 1;
      this.firstRows.push(row);
      this.#byKey.set(key, number);
    }
    this.#byObject.set(sample, number);
    return number;
  }
}
