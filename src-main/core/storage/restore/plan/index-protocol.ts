import type { LabelSet } from "../../../../../src-shared/model/labels.ts";
import type { IndexKey } from "../../../common/loki-format/tsdb/index-key.ts";

/** An index file for the `restore-index` thread; its buffer becomes the thread's. */
export interface IndexRequest {
  readonly id: number;
  readonly index: IndexKey;
  readonly packed: Uint8Array<ArrayBuffer>;
  readonly maxBytes: number;
  /** Whether a file that is whole is told series by series. */
  readonly withSeries: boolean;
}

/** What an index file is worth. */
export interface IndexVerdict {
  /** Every checksum in it holds, and what its name promises. */
  readonly isWhole: boolean;
  /** The first thing that is wrong. */
  readonly problem: string | null;
  /** Tenants that it names, of one that is whole. */
  readonly tenants: readonly string[];
  readonly chunks: number;
}

/** Series with the chunks of each: `counts[i]` rows of the columns belong to series i. */
export interface IndexedBatch {
  readonly series: readonly { readonly tenant: string; readonly fingerprint: bigint; readonly labels: LabelSet }[];
  readonly counts: Uint32Array<ArrayBuffer>;
  readonly fromMs: Float64Array<ArrayBuffer>;
  readonly throughMs: Float64Array<ArrayBuffer>;
  readonly checksum: Uint32Array<ArrayBuffer>;
  readonly entries: Uint32Array<ArrayBuffer>;
}

export type IndexReply =
  | { readonly id: number; readonly kind: "batch"; readonly batch: IndexedBatch }
  | { readonly id: number; readonly kind: "verdict"; readonly verdict: IndexVerdict }
  /** A bug; `problem` is for the log. */
  | { readonly id: number; readonly kind: "failed"; readonly problem: string };

/** Given to the thread at its start: how many batches were taken, so that it waits with the next ones. */
export interface IndexThreadData {
  readonly taken: Int32Array;
}

/** Batches that may lie between thread and reader. */
export const BATCHES_AHEAD = 8;
