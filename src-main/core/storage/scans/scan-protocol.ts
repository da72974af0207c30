import type { WireError } from "../../../../src-shared/errors/wire-error.ts";
import type { ScanSummary } from "../../../../src-shared/model/storage/scan.ts";
import type { CheckMode, ChunkVerdict, ListedChunk } from "../integrity/chunk-checker.ts";
import type { GetOptions, ListRequest, ObjectInfo, ObjectPage } from "../object-store.ts";
import type { ScanNews, ScanOrder } from "./scan-order.ts";

/** What the thread of a scan asks for: it has neither connections nor credentials. */
export type ScanCall =
  | { readonly method: "list"; readonly request: ListRequest }
  | { readonly method: "head"; readonly key: string }
  | { readonly method: "get"; readonly key: string; readonly options: GetOptions }
  | { readonly method: "check"; readonly batch: readonly ListedChunk[]; readonly mode: CheckMode };

/** An object's bytes; `null` where there are more than anybody reads. */
export interface GivenObject {
  readonly info: ObjectInfo;
  readonly lengthBytes: number;
  readonly bytes: Uint8Array<ArrayBuffer> | null;
}

/** By method. */
export interface ScanAnswers {
  readonly list: ObjectPage;
  readonly head: ObjectInfo;
  readonly get: GivenObject;
  readonly check: readonly ChunkVerdict[];
}

/** An error of the program's own, or a bug whose stack is for the log. */
export type ThreadFailure = { readonly error: WireError } | { readonly problem: string };

/** To the thread. */
export type ToScan =
  | { readonly kind: "begin"; readonly order: ScanOrder }
  | { readonly kind: "answer"; readonly id: number; readonly answer: ScanAnswers[keyof ScanAnswers] }
  | { readonly kind: "failure"; readonly id: number; readonly failure: ThreadFailure }
  | { readonly kind: "stop" };

/** From the thread. */
export type FromScan =
  | { readonly kind: "ask"; readonly id: number; readonly call: ScanCall }
  | { readonly kind: "news"; readonly news: ScanNews }
  /** The findings' file was damaged, set aside and begun anew. */
  | { readonly kind: "damaged"; readonly error: WireError }
  | { readonly kind: "done"; readonly summary: ScanSummary }
  | { readonly kind: "failed"; readonly failure: ThreadFailure };
