import type { ArchiveFile } from "../../../src-shared/model/archive-manifest.ts";
import type { LabelSet } from "../../../src-shared/model/labels.ts";
import type { LogBatch } from "../../../src-shared/model/log-batch.ts";
import type { RedactionPattern } from "../../../src-shared/model/redaction-pattern.ts";

/** One slice of an archive: rows that are written together and are there together, or not at all. */
export interface SliceOptions {
  /** The archive's folder. */
  readonly directory: string;
  readonly tenant: string;
  /** Unique in the archive, part of its files' names: `000012`. Files of an earlier try under this name are replaced. */
  readonly slice: string;
  /** Labels with columns of their own: label → column. The same for every file of an archive. */
  readonly labelColumns: LabelSet;
  readonly redact: readonly RedactionPattern[];
}

export interface WrittenSlice {
  /** One a UTC day, renamed into their places and synced. */
  readonly files: readonly ArchiveFile[];
  readonly rows: number;
  readonly redacted: Readonly<Partial<Record<RedactionPattern, number>>>;
}

/** Encodes in a worker thread. Disposed before `finish`, it leaves nothing behind. */
export interface SliceWriter extends AsyncDisposable {
  /**
   * Rows ascending in time across all calls. Takes the batch's buffers. Resolves when the next batch is welcome.
   * @throws `files.disk-full`, `files.unwritable`
   */
  append(batch: LogBatch): Promise<void>;
  finish(): Promise<WrittenSlice>;
}

/** The pool of encoding threads. */
export interface ArchiveWriter extends AsyncDisposable {
  openSlice(options: SliceOptions): Promise<SliceWriter>;
}
