import type { WireError } from "../../../../src-shared/errors/wire-error.ts";
import type { Grouping, LogExpr, RangeAggregation, Selector } from "../../../../src-shared/logql/ast.ts";
import type { SampleLabels } from "../../../../src-shared/logql/metric/sample-extractor.ts";
import type { StepGrid } from "../../../../src-shared/logql/metric/step-grid.ts";
import type { LabelSet } from "../../../../src-shared/model/labels.ts";
import type { LogBatch } from "../../../../src-shared/model/log-batch.ts";
import type { Direction } from "../../../../src-shared/model/log-query.ts";
import type { ArchiveBlock, BlockPlace, BlockProblem } from "../archive-block.ts";
import type { ChunkHead, TextBlockIndex } from "../archive-contents.ts";

/** A block as a worker needs it. */
export interface BlockRef {
  readonly place: BlockPlace;
  readonly sorted: boolean;
  /** Rows of other times are a damage: the order in which blocks are read rests on these. */
  readonly minNs: bigint;
  readonly maxNs: bigint;
}

export function blockRef({ place, sorted, minNs, maxNs }: ArchiveBlock): BlockRef {
  return { place, sorted, minNs, maxNs };
}

/** How equal rows become one. `null`: they do not. */
export interface Deduplication {
  /** Where other blocks have rows too, both ends included, ascending: rows there are told by identity. */
  readonly shared: readonly (readonly [fromNs: bigint, toNs: bigint])[];
  /** Random, the same for all blocks of one reading; see row-identity.ts. */
  readonly secret: Uint8Array;
}

/** Which of several streams comes first at one time: always the smaller hash, as Loki has it, or backward the greater. */
export type StreamOrder = "ascending" | "with-direction";

/** Rows of a block with `startNs ≤ time < endNs` that pass a query, in its direction. */
export interface RowsRequest {
  readonly kind: "rows";
  readonly block: BlockRef;
  /** `null` for the rows as they are stored, with their metadata's own names. */
  readonly expr: LogExpr | null;
  /** Without a query: the streams that any of these takes; all of them when there is none. */
  readonly selectors: readonly Selector[];
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly direction: Direction;
  readonly streamOrder: StreamOrder;
  /** No more rows than this are needed of one block; `null` for all. */
  readonly limit: number | null;
  /** What `now` in templates is. */
  readonly nowNs: bigint;
  readonly dedupe: Deduplication | null;
}

export interface ReadCost {
  /** Rows and line bytes that were looked at: those of the range in streams that the selector takes. */
  readonly lines: number;
  readonly bytes: number;
  readonly problems: readonly BlockProblem[];
}

export interface RowsAnswer extends ReadCost {
  /** `null` without rows. Streams stand apart by the stream a row was stored in, even where a query made them equal. */
  readonly batch: LogBatch | null;
  /** The hash of each stream of the batch as it was stored; breaks ties. */
  readonly hashes: BigUint64Array;
  /** Identity of each row; 0 for rows that are in no shared range. `null` where there are none. */
  readonly identities: BigUint64Array | null;
}

/** What a range aggregation takes from the rows of a block. */
export interface SamplesRequest {
  readonly kind: "samples";
  readonly block: BlockRef;
  readonly aggregation: RangeAggregation;
  readonly pushed: Grouping | null;
  readonly grid: StepGrid;
  readonly nowNs: bigint;
  readonly dedupe: Deduplication | null;
}

/** A sample of a line with an error that the query did not ask for. */
export interface SampleFailure {
  readonly labels: LabelSet;
  readonly step: number;
  readonly hash: bigint;
  readonly timestampNs: bigint;
}

/** Samples by stream: those of stream `i` are `[ends[i - 1], ends[i])`, as they were stored. */
export interface SampleColumns {
  readonly hashes: BigUint64Array;
  readonly ends: Uint32Array;
  readonly timestampsNs: BigInt64Array;
  readonly values: Float64Array;
  /** Into the answer's `labels`. */
  readonly labelRefs: Uint32Array;
  /** `null` where they cannot be equal to another block's. */
  readonly identities: BigUint64Array | null;
}

/** Samples added up by the steps whose windows hold them: label `i` has `[i * width, (i + 1) * width)`, from step `base`. */
export interface StepTallies {
  readonly base: number;
  readonly width: number;
  /** Each sample adds at its first step and takes away behind its last one, as range-aggregation.ts has it. */
  readonly counts: Float64Array;
  readonly sums: Float64Array;
}

export interface SamplesAnswer extends ReadCost {
  readonly labels: readonly SampleLabels[];
  /** Hash of the stream and time at which each label set was first seen, stream by stream; orders series. */
  readonly firstHashes: BigUint64Array;
  readonly firstTimesNs: BigInt64Array;
  readonly failure: SampleFailure | null;
  /** Of rows that no other block can have; for aggregations that are tallied, unless they would be large. */
  readonly tallies: StepTallies | null;
  /** Where samples are not tallied all of them, else those that another block may have too. */
  readonly samples: SampleColumns | null;
  /** Of rows that no other block can have, where they would have been tallied. */
  readonly loose: SampleColumns | null;
}

/** Which streams have rows in a range, and how much. */
export interface SurveyRequest {
  readonly kind: "survey";
  readonly block: BlockRef;
  readonly selectors: readonly Selector[];
  readonly startNs: bigint;
  readonly endNs: bigint;
}

export interface SurveyAnswer extends ReadCost {
  readonly streams: readonly LabelSet[];
  readonly rowsByStream: Float64Array;
  readonly bytesByStream: Float64Array;
}

export interface IndexTextRequest {
  readonly kind: "index-text";
  readonly place: Extract<BlockPlace, { readonly kind: "text" }>;
}

export interface ChunkHeadRequest {
  readonly kind: "chunk-head";
  readonly place: Extract<BlockPlace, { readonly kind: "chunk" }>;
}

export type ScanRequest = RowsRequest | SamplesRequest | SurveyRequest | IndexTextRequest | ChunkHeadRequest;

/** What each kind of request is answered with. */
export interface ScanAnswers {
  readonly rows: RowsAnswer;
  readonly samples: SamplesAnswer;
  readonly survey: SurveyAnswer;
  readonly "index-text": TextBlockIndex;
  readonly "chunk-head": ChunkHead;
}
export type ScanAnswer = ScanAnswers[keyof ScanAnswers];

/** A request, or word that nobody waits for one any more; it is answered all the same. */
export type ScanMessage =
  | { readonly kind: "request"; readonly id: number; readonly request: ScanRequest }
  | { readonly kind: "forget"; readonly id: number };

/** A failure is one of ours, or a bug whose `problem` is for the log. */
export type ScanReply =
  | { readonly id: number; readonly answer: ScanAnswer }
  | { readonly id: number; readonly error: WireError }
  | { readonly id: number; readonly problem: string };
