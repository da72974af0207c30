import { isUtf8 } from "node:buffer";
import type { Grouping, Stage } from "../../../../src-shared/logql/ast.ts";
import type { SampleLabels, StreamExtractor } from "../../../../src-shared/logql/metric/sample-extractor.ts";
import { byteLength } from "../../../../src-shared/logql/template/go-value.ts";
import type { BlockRows } from "../archive-block.ts";
import type { RowSampler } from "./block-samples.ts";
import type { RowTexts } from "./row-text.ts";
import type { SamplesRequest } from "./scan-protocol.ts";

interface Sampled {
  readonly passes: boolean;
  readonly value: number;
  readonly labels: SampleLabels;
}

/**
 * Samples of rows whose lines nothing needs but, maybe, their lengths. `runOf` gives extractors of the aggregation with the
 * stages that the probes have left. Rows of a stream without metadata are all the same to them.
 */
export function linelessSampler(
  rows: BlockRows,
  texts: RowTexts,
  { aggregation, pushed }: SamplesRequest,
  stages: readonly Stage[],
  runOf: (ref: number) => StreamExtractor,
): RowSampler {
  const countsBytes = aggregation.op === "bytes_over_time" || aggregation.op === "bytes_rate";
  const grouping = aggregation.grouping ?? pushed;
  const isPlain = stages.length === 0 && aggregation.range.unwrap === null;
  const isAbsent = aggregation.op === "absent_over_time";
  const ofStream: (Sampled | undefined)[] = [];
  const needsMetadata: (boolean | undefined)[] = [];
  const sampleOf = (ref: number, metadata: Readonly<Record<string, string>> | undefined): Sampled => {
    const run = runOf(ref);
    const passes = run.process(0n, "", metadata);
    return { passes, value: run.value, labels: passes ? run.labels() : NO_LABELS };
  };
  let sampled: Sampled = { passes: false, value: 0, labels: NO_LABELS };
  let length = 0;
  return {
    sample(row) {
      const ref = rows.streamRefs[row] ?? 0;
      const looks = (needsMetadata[ref] ??=
        rows.metadata !== null && !(isPlain && (isAbsent || dependsOnStreamAlone(grouping, rows.streams[ref] ?? {}))));
      const metadata = looks ? rows.metadata?.(row) : undefined;
      sampled = metadata === undefined ? (ofStream[ref] ??= sampleOf(ref, undefined)) : sampleOf(ref, metadata);
      if (sampled.passes && countsBytes) length = lineLength(rows, texts, row);
      return sampled.passes;
    },
    get value() {
      return countsBytes ? length : sampled.value;
    },
    labels: () => sampled.labels,
  };
}

const NO_LABELS: SampleLabels = { labels: {}, failed: false };

/** A label that a stream has cannot be had from metadata. Metadata named `__error__` is not looked for here. */
function dependsOnStreamAlone(grouping: Grouping | null, labels: Readonly<Record<string, string>>): boolean {
  if (grouping === null || grouping.without) return false;
  return grouping.labels.every((name) => Object.hasOwn(labels, name));
}

/** Bytes of the line as text: broken bytes count as the three of U+FFFD, here as in the pipeline. */
function lineLength({ lineStarts, lineEnds }: BlockRows, texts: RowTexts, row: number): number {
  const [start, end] = [lineStarts[row] ?? 0, lineEnds[row] ?? 0];
  return isUtf8(texts.buffer.subarray(start, end)) ? end - start : byteLength(texts.of(row));
}
