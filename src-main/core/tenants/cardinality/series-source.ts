import type { IndexStats } from "../../../../src-shared/model/log-query.ts";
import type { TimeRange } from "../../../../src-shared/model/nano-time.ts";

/** Lines as they came, one after another; `lineOffsets` has one more than there are lines. */
export interface SampledLines {
  readonly lineOffsets: Uint32Array;
  readonly lineBytes: Uint8Array;
}

/**
 * Where a tenant's series are asked for. Every method rejects with an `AppError`. Selectors are whole ones; `null` stands for
 * all streams.
 */
export interface SeriesSource extends AsyncDisposable {
  /** The answer of `/loki/api/v1/series` as it came, at most `MOST_ANSWER_BYTES`; whoever gets it owns it. */
  series(selector: string | null, range: TimeRange, signal: AbortSignal): Promise<Uint8Array>;
  stats(selector: string, range: TimeRange, signal: AbortSignal): Promise<IndexStats>;
  labels(selector: string | null, range: TimeRange, signal: AbortSignal): Promise<readonly string[]>;
  labelValues(
    label: string,
    selector: string | null,
    range: TimeRange,
    signal: AbortSignal,
  ): Promise<readonly string[]>;
  /** The newest lines of a range, at most `limit`, in batches. */
  lines(selector: string, range: TimeRange, limit: number, signal: AbortSignal): AsyncIterable<SampledLines>;
}
