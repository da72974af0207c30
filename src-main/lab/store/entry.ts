import type { LabelSet } from "../../../src-shared/model/labels.ts";

/** One log entry as the evaluator wants it. */
export interface StoredEntry {
  readonly timestampNs: bigint;
  readonly line: string;
  /** Structured metadata, names as Loki hands them out. */
  readonly metadata: LabelSet;
}
