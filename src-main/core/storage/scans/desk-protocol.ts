import type { WireError } from "../../../../src-shared/errors/wire-error.ts";
import type { JobId } from "../../../../src-shared/model/ids.ts";
import type { ObjectInspection } from "../../../../src-shared/model/storage/inspection.ts";
import type { FindingFilter } from "../../../../src-shared/model/storage/scan.ts";
import type { BucketLayout } from "../integrity/object-kind.ts";
import type { FindingPage } from "./finding-rows.ts";
import type { ThreadFailure } from "./scan-protocol.ts";

export const EXPORT_FORMATS = ["json", "ndjson", "csv"] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** What takes longer than a window can wait for. */
export type DeskRequest =
  | {
      readonly kind: "page";
      readonly file: string;
      readonly scan: JobId;
      readonly filter: FindingFilter;
      readonly offset: number;
      readonly limit: number;
    }
  | {
      readonly kind: "export";
      readonly file: string;
      readonly scan: JobId;
      readonly filter: FindingFilter;
      readonly format: ExportFormat;
      /** Where to; it is there whole or not at all. */
      readonly target: string;
    }
  | {
      readonly kind: "inspect";
      readonly key: string;
      readonly layout: BucketLayout;
      readonly bytes: Uint8Array<ArrayBuffer>;
    };

export interface DeskAnswers {
  readonly page: FindingPage;
  readonly export: { readonly findings: number };
  readonly inspect: ObjectInspection;
}

export interface DeskMessage {
  readonly id: number;
  readonly request: DeskRequest;
}

export type DeskReply =
  | { readonly id: number; readonly answer: DeskAnswers[keyof DeskAnswers] }
  | { readonly id: number; readonly failure: ThreadFailure }
  | { readonly damaged: WireError };
