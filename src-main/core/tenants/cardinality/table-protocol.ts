import type { WireError } from "../../../../src-shared/errors/wire-error.ts";
import type { CardinalityReport, LabelChange } from "../../../../src-shared/model/tenants/cardinality.ts";
import type { TableBounds } from "./series-table-builder.ts";
import type { StreamPrediction } from "./what-if.ts";

/** What a `series-table` thread is asked. One thread builds one table, or answers questions about tables in files. */
export type TableRequest =
  | {
      readonly kind: "begin";
      readonly seed: number;
      /** Where answers are kept until the table is written, so that a killed job need not ask again. */
      readonly journal: string;
      /** What of the journal counts; the rest of it is cut off. 0 begins anew. */
      readonly journalBytes: number;
      readonly bounds?: TableBounds;
    }
  | { readonly kind: "answer"; readonly bytes: Uint8Array }
  | { readonly kind: "lines"; readonly lineOffsets: Uint32Array; readonly lineBytes: Uint8Array }
  | { readonly kind: "finish"; readonly file: string }
  | { readonly kind: "what-if"; readonly file: string; readonly changes: readonly LabelChange[] }
  | { readonly kind: "forget" };

/** How far a table is. */
export interface TableState {
  readonly series: number;
  readonly labels: number;
  readonly share: number;
  readonly journalBytes: number;
  /** Series in the answer, the first request's in the whole journal. */
  readonly taken: number;
  /** The label that the most series have; `null` without one. */
  readonly mostWith: string | null;
}

/** What is said of a table that was written. */
export interface TableSummary extends Pick<
  CardinalityReport,
  "series" | "labels" | "combinations" | "fields" | "suggested"
> {
  readonly share: number;
  readonly labelCount: number;
  /** A field has more values than were counted. */
  readonly fieldsCut: boolean;
}

export interface TableAnswers {
  readonly begin: TableState;
  readonly answer: TableState;
  readonly lines: { readonly lines: number };
  readonly finish: TableSummary;
  readonly "what-if": StreamPrediction & { readonly series: number; readonly tookMs: number };
  readonly forget: null;
}

export interface TableMessage {
  readonly id: number;
  readonly request: TableRequest;
}

export type TableReply =
  | { readonly id: number; readonly answer: TableAnswers[keyof TableAnswers] }
  | { readonly id: number; readonly error: WireError }
  | { readonly id: number; readonly problem: string };
