import type { TextMatch } from "../../../../src-shared/api/logs.api.ts";
import type { PackedSizes } from "../result-set/packed-rows.ts";
import type { RowBitmap } from "./row-bitmap.ts";

/** What a row must be to be taken. All that is given must hold; `invert` turns the whole round. Markers never match. */
export interface RowPredicate {
  readonly match?: TextMatch;
  /** Indexes into `LOG_LEVELS`. */
  readonly levels?: readonly number[];
  readonly startNs?: bigint;
  readonly endNs?: bigint;
  readonly invert?: boolean;
}

/** Where a worker finds packed rows; it opens files itself, so that no byte of them passes the main thread. */
export type PackedRowsPlace =
  | { readonly kind: "memory"; readonly buffer: ArrayBufferLike; readonly sizes: PackedSizes }
  | { readonly kind: "file"; readonly path: string; readonly position: number; readonly sizes: PackedSizes };

/** Marks the rows of a part for which all predicates hold. Row numbers are the part's. */
export interface SelectRequest {
  readonly kind: "select";
  readonly place: PackedRowsPlace;
  /** The part's number of the first packed row. */
  readonly firstRow: number;
  /** Rows before it are known already. */
  readonly fromRow: number;
  readonly predicates: readonly RowPredicate[];
  /** Whether markers pass (a view keeps its gaps visible) or not (a search does not find them). */
  readonly markers: boolean;
}

export interface SelectAnswer {
  readonly kind: "select";
  /** Of the part, from its row 0 to the last packed one; only rows from `fromRow` on are marked. */
  readonly words: RowBitmap;
  /** Bytes of the lines of the rows marked. */
  readonly lineBytes: number;
}

/** Counts entries by bucket and level. */
export interface LevelsRequest {
  readonly kind: "levels";
  readonly place: PackedRowsPlace;
  readonly firstRow: number;
  /** Rows of the part that count; `null` for all. */
  readonly selected: RowBitmap | null;
  readonly startNs: bigint;
  readonly bucketNs: bigint;
  readonly buckets: number;
}

export interface LevelsAnswer {
  readonly kind: "levels";
  /** `buckets` times the number of levels. */
  readonly counts: Uint32Array<ArrayBuffer>;
}

/** Adds a part's rows to the field counts that this worker keeps under `session`. */
export interface FieldsRequest {
  readonly kind: "fields";
  readonly session: string;
  /** True for the first part of a session; a worker that does not know a running one says so. */
  readonly begin: boolean;
  readonly place: PackedRowsPlace;
  readonly firstRow: number;
  /** Rows `[fromRow, toRow)` of the part are counted, as far as they are selected. */
  readonly fromRow: number;
  readonly toRow: number;
  readonly selected: RowBitmap | null;
}

export interface FieldsAnswer {
  readonly kind: "fields";
  readonly known: boolean;
}

export interface FieldsReportRequest {
  readonly kind: "fields-report";
  readonly session: string;
  readonly top: number;
}

export interface CountedField {
  readonly name: string;
  readonly from: "metadata" | "parsed";
  readonly rows: number;
  readonly distinct: number;
  readonly exact: boolean;
  readonly top: readonly { readonly value: string; readonly rows: number }[];
}

export interface FieldsReportAnswer {
  readonly kind: "fields-report";
  readonly known: boolean;
  readonly fields: readonly CountedField[];
  /** Rows by stream number. */
  readonly streamRows: readonly (readonly [stream: number, rows: number])[];
}

export interface FieldsForgetRequest {
  readonly kind: "fields-forget";
  readonly session: string;
}

export type ScanRequest = SelectRequest | LevelsRequest | FieldsRequest | FieldsReportRequest | FieldsForgetRequest;
export type ScanAnswer =
  | SelectAnswer
  | LevelsAnswer
  | FieldsAnswer
  | FieldsReportAnswer
  | { readonly kind: "fields-forget" };

/** What goes to a worker and what comes back. A failure's `problem` is for the log. */
export interface ScanMessage {
  readonly id: number;
  readonly request: ScanRequest;
}
export type ScanReply =
  | { readonly id: number; readonly answer: ScanAnswer }
  | { readonly id: number; readonly problem: string };
