import type { ChunkKey } from "../../common/loki-format/chunk-key.ts";
import type { CheckMode, ChunkVerdict } from "../integrity/chunk-checker.ts";

/** Chunks that lie as files in a folder; the thread reads them itself. */
export interface CheckFilesRequest {
  readonly kind: "files";
  readonly folder: string;
  readonly mode: CheckMode;
  readonly chunks: readonly { readonly key: string; readonly chunk: ChunkKey }[];
}

/** A chunk that was read already; its buffer becomes the thread's. */
export interface CheckBytesRequest {
  readonly kind: "bytes";
  readonly mode: CheckMode;
  readonly chunk: ChunkKey;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export type CheckRequest = CheckFilesRequest | CheckBytesRequest;

export interface CheckMessage {
  readonly id: number;
  readonly request: CheckRequest;
}

/** Verdicts in the order of the request, or a bug whose `problem` is for the log. */
export type CheckReply =
  | { readonly id: number; readonly verdicts: readonly ChunkVerdict[] }
  | { readonly id: number; readonly problem: string };
