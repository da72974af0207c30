import { isUtf8 } from "node:buffer";
import type { Grouping, RangeAggregation } from "../../../../src-shared/logql/ast.ts";
import type { SampleLabels, StreamExtractor } from "../../../../src-shared/logql/metric/sample-extractor.ts";
import { byteLength } from "../../../../src-shared/logql/template/go-value.ts";
import type { BlockRows } from "../archive-block.ts";
import type { RowSampler } from "./block-samples.ts";
import type { RowTexts } from "./row-text.ts";

/**
 * Samples of rows that the probes have decided on: nothing of the line is needed but its length. `runOf` gives extractors of
 * the same aggregation without stages, which tell the labels.
 */
export function probedExtractor(
  rows: BlockRows,
  texts: RowTexts,
  aggregation: RangeAggregation,
  pushed: Grouping | null,
  runOf: (ref: number) => StreamExtractor,
): RowSampler {
  const countsBytes = aggregation.op === "bytes_over_time" || aggregation.op === "bytes_rate";
  const grouping = aggregation.grouping ?? pushed;
  const isAbsent = aggregation.op === "absent_over_time";
  /** By stream, where metadata cannot change them. */
  const fixed: (SampleLabels | null)[] = [];
  const fixedLabels = (ref: number): SampleLabels | null => {
    if (rows.metadata !== null && !isAbsent && !dependsOnStreamAlone(grouping, rows.streams[ref] ?? {})) return null;
    const run = runOf(ref);
    run.process(0n, "", undefined);
    return run.labels();
  };
  let labels: SampleLabels = { labels: {}, failed: false };
  let value = 1;
  return {
    sample(row) {
      const ref = rows.streamRefs[row] ?? 0;
      let known = fixed[ref];
      if (known === undefined) fixed[ref] = known = fixedLabels(ref);
      if (known === null) {
        const run = runOf(ref);
        run.process(0n, "", rows.metadata?.(row));
        labels = run.labels();
      } else labels = known;
      if (countsBytes) value = lineLength(rows, texts, row);
      return true;
    },
    get value() {
      return value;
    },
    labels: () => labels,
  };
}

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
