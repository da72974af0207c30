import type { Selector } from "../ast.ts";
import type { LogStream } from "../log-entry.ts";
import type { PipelineOptions } from "../pipeline/line-state.ts";
import type { StepGrid } from "./step-grid.ts";

/**
 * Gives the streams that a range aggregation reads: at least every entry with `fromNs < timestamp ≤ toNs` of every stream
 * that the selector takes. It may give more. Asked once for each range aggregation of a query.
 */
export type StreamSource = (selector: Selector, fromNs: bigint, toNs: bigint) => Iterable<LogStream>;

export interface EvalContext {
  readonly grid: StepGrid;
  readonly source: StreamSource;
  readonly options: PipelineOptions;
  readonly maxSeries: number;
}
