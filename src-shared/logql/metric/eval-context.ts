import type { LabelSet } from "../../model/labels.ts";
import type { Grouping, RangeAggregation, Selector } from "../ast.ts";
import type { LogStream } from "../log-entry.ts";
import type { PipelineOptions } from "../pipeline/line-state.ts";
import type { SampleLabels } from "./sample-extractor.ts";
import type { StepGrid } from "./step-grid.ts";

/**
 * Gives the streams that a range aggregation reads: at least every entry with `fromNs < timestamp ≤ toNs` of every stream
 * that the selector takes. It may give more. Asked once for each range aggregation of a query.
 */
export type StreamSource = (selector: Selector, fromNs: bigint, toNs: bigint) => Iterable<LogStream>;

/**
 * The samples of a series added up over the steps of the grid: a sample adds 1 and its value at the first step whose window
 * holds it, and takes them away behind the last one. One element more than there are steps.
 */
export interface TalliedSeries {
  readonly labels: LabelSet;
  readonly counts: Float64Array;
  readonly sums: Float64Array;
}

/**
 * What a range aggregation takes from entries, where they are read elsewhere (`SampleExtractor` says what a sample is).
 * - `tallies` for an aggregation that is tallied (`isTallied`): in the order in which the series are met.
 * - `samples` for others: stream by stream, ascending in time.
 * `failure` are the labels of a sample that fails the query: of all such of the earliest step, the first one met.
 */
export type FedSamples = { readonly failure: LabelSet | null } & (
  | { readonly kind: "tallies"; readonly series: readonly TalliedSeries[] }
  | { readonly kind: "samples"; each(visit: (sample: SampleLabels, value: number, timestampNs: bigint) => void): void }
);

/** Asked once for each range aggregation of a query, in an order that does not depend on the data. */
export type SampleFeed = (expr: RangeAggregation, pushed: Grouping | null) => FedSamples;

export interface EvalContext {
  readonly grid: StepGrid;
  /** Where entries come from, or samples of them. */
  readonly source: StreamSource | { readonly feed: SampleFeed };
  readonly options: PipelineOptions;
  readonly maxSeries: number;
}
