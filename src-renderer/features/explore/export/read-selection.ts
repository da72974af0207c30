import type { ApiClient } from "../../../../src-shared/api/client.ts";
import type { ConsoleApi } from "../../../../src-shared/api/console-api.ts";
import type { ResultSetId } from "../../../../src-shared/model/ids.ts";
import type { RedactionPattern } from "../../../../src-shared/model/redaction-pattern.ts";
import { BlobBuilder } from "../session/blob-builder.ts";
import type { RowRange } from "../session/copy-rows.ts";

export type ExportsClient = ApiClient<ConsoleApi>["exports"];

export const FILE_FORMATS = ["ndjson", "csv", "text"] as const;
export type FileFormat = (typeof FILE_FORMATS)[number];

const EXTENSIONS: Readonly<Record<FileFormat, string>> = { ndjson: "ndjson", csv: "csv", text: "log" };
const TYPES: Readonly<Record<FileFormat, string>> = {
  ndjson: "application/x-ndjson;charset=utf-8",
  csv: "text/csv;charset=utf-8",
  text: "text/plain;charset=utf-8",
};

export interface SelectionRequest {
  readonly set: ResultSetId;
  readonly rows: RowRange;
  readonly format: FileFormat;
  readonly redact: readonly RedactionPattern[];
}

/** Counts so far, of rows and of what each pattern made unreadable. */
export interface SelectionProgress {
  readonly rows: number;
  readonly totalRows: number;
  readonly redacted: Readonly<Record<string, number>>;
}

export interface SavedSelection extends SelectionProgress {
  readonly blob: Blob;
}

/** Rows as a file's content, read as a stream; `signal` ends the stream in the core and rejects with its reason. */
export function readSelection(
  client: ExportsClient,
  { set, rows, format, redact }: SelectionRequest,
  signal: AbortSignal,
  onProgress: (progress: SelectionProgress) => void,
): Promise<SavedSelection> {
  return new Promise((resolve, reject) => {
    const content = new BlobBuilder(TYPES[format]);
    let progress: SelectionProgress = { rows: 0, totalRows: rows.to - rows.from, redacted: {} };
    const subscription = client.selection(
      { set, from: rows.from, to: rows.to, format, redact: [...redact] },
      {
        onData: ({ text, ...counts }) => {
          content.add(text);
          progress = counts;
          onProgress(progress);
        },
        onError: reject,
        onEnd: () => resolve({ ...progress, blob: content.finish() }),
      },
    );
    const onAbort = (): void => {
      subscription.unsubscribe();
      reject(signal.reason);
    };
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
  });
}

/** `logs-2026-11-22-101407.ndjson`. */
export function selectionFileName(format: FileFormat, atMs: number): string {
  const stamp = new Date(atMs).toISOString().slice(0, 19).replaceAll(":", "").replace("T", "-");
  return `logs-${stamp}.${EXTENSIONS[format]}`;
}
