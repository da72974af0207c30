import type { LogBatch } from "../../../../src-shared/model/log-batch.ts";
import type { SliceOptions, WrittenSlice } from "../archive-writer.ts";

/** What the pool asks of an encoding thread. Each request is answered once, in order. */
export type WriteRequest =
  | { readonly kind: "open"; readonly slice: number; readonly options: SliceOptions }
  | { readonly kind: "append"; readonly slice: number; readonly batch: LogBatch }
  | { readonly kind: "finish"; readonly slice: number }
  | { readonly kind: "discard"; readonly slice: number };

export interface WriteMessage {
  readonly id: number;
  readonly request: WriteRequest;
}

export type WriteReply =
  | { readonly id: number; readonly written: WrittenSlice | null }
  | { readonly id: number; readonly failure: WriteFailure };

/** An `AppError` of the files, or a fault of the program with its stack. */
export type WriteFailure =
  | { readonly code: "files.disk-full"; readonly file: string }
  | { readonly code: "files.unwritable"; readonly file: string; readonly problem: string }
  | { readonly code: "fault"; readonly problem: string };
