import type { Completeness } from "../../../src-shared/model/completeness.ts";
import type { LabelSet } from "../../../src-shared/model/labels.ts";
import type { LogBatch } from "../../../src-shared/model/log-batch.ts";
import type {
  DetectedField,
  IndexStats,
  LogQuery,
  MetricQuery,
  MetricResult,
  ReadStats,
} from "../../../src-shared/model/log-query.ts";
import type { RowMarker } from "../../../src-shared/model/log-row.ts";
import type { NanoTime, TimeRange } from "../../../src-shared/model/nano-time.ts";
import type { CostListener } from "./request-cost.ts";

export interface SourceDescription {
  readonly kind: "loki" | "pods" | "archive";
  readonly title: string;
}

/** What the window asks before it offers something; never which kind of source it is. */
export interface SourceCapabilities {
  readonly tail: boolean;
  readonly metricQueries: boolean;
  readonly stats: boolean;
  readonly volume: boolean;
  readonly detectedFields: boolean;
}

export interface MetricAnswer {
  readonly result: MetricResult;
  readonly completeness: Completeness;
  readonly stats: ReadStats;
}

/**
 * What `read` yields. Batches come in the query's direction: no row of a later batch is before a row of an earlier one
 * (after it, for `backward`). The last event is `end`; it carries the verdict. A failure is thrown, after the batches that
 * were read were yielded.
 */
export type ReadEvent =
  | { readonly kind: "batch"; readonly batch: LogBatch }
  | { readonly kind: "progress"; readonly stats: ReadStats }
  | { readonly kind: "end"; readonly completeness: Completeness; readonly stats: ReadStats };

/**
 * What `tail` yields: rows in the order of their arrival at Loki, each once, and markers where something is to be known.
 * It reconnects by itself for as long as its signal lives; it ends only by that, or by a failure that trying again will
 * not mend.
 */
export type TailEvent =
  | { readonly kind: "batch"; readonly batch: LogBatch }
  | { readonly kind: "marker"; readonly timestampNs: NanoTime; readonly marker: RowMarker }
  | { readonly kind: "state"; readonly state: "following" | "reconnecting" };

export interface TailQuery {
  readonly expr: string;
  /** History from here on comes first; without it, from now on. */
  readonly sinceNs: NanoTime | null;
}

/**
 * Where logs come from: Loki, the logs of pods, later an archive. All of Explore works on this port. Every method rejects
 * with an `AppError`, and with `request.cancelled` when its signal is aborted. Ranges are half open, as Loki's.
 */
export interface LogSource extends AsyncDisposable {
  describe(): SourceDescription;
  capabilities(): SourceCapabilities;
  labels(range: TimeRange, query: string | null, signal: AbortSignal): Promise<readonly string[]>;
  labelValues(label: string, range: TimeRange, query: string | null, signal: AbortSignal): Promise<readonly string[]>;
  series(matchers: readonly string[], range: TimeRange, signal: AbortSignal): Promise<readonly LabelSet[]>;
  /** Reads a log query to its limit or its end, past any page size, each entry exactly once. */
  read(query: LogQuery, signal: AbortSignal, onCost?: CostListener): AsyncIterable<ReadEvent>;
  tail(query: TailQuery, signal: AbortSignal, onCost?: CostListener): AsyncIterable<TailEvent>;
  metric(query: MetricQuery, signal: AbortSignal, onCost?: CostListener): Promise<MetricAnswer>;
  stats(selector: string, range: TimeRange, signal: AbortSignal): Promise<IndexStats>;
  /** Bytes over the range by one label, in `step` nanoseconds; the source of the volume histogram where entries cost too much. */
  volume(
    selector: string,
    range: TimeRange,
    stepNs: NanoTime,
    byLabel: string,
    signal: AbortSignal,
  ): Promise<MetricResult>;
  detectedFields(query: string, range: TimeRange, signal: AbortSignal): Promise<readonly DetectedField[]>;
}
