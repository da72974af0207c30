import { MAX_WINDOW_LINE_BYTES } from "../../../../src-shared/api/logs.api.ts";
import type { LabelSet } from "../../../../src-shared/model/labels.ts";
import type { EntryRow } from "../../../../src-shared/model/log-row.ts";
import type { TextSpan } from "./line-segments.ts";

export const ROW_PX = 20;
/** A line of wrapped text. */
export const WRAPPED_LINE_PX = 18;

/** Where matches are in a line; sorted, not overlapping. */
export type FindSpans = (line: string) => readonly TextSpan[];

/** How rows are drawn; a new object means all of them are drawn again. */
export interface RowLayout {
  readonly wrap: boolean;
  /** Labels, metadata or parsed fields that have a column of their own. */
  readonly columns: readonly string[];
  readonly withDay: boolean;
  readonly findSpans: FindSpans | null;
  /** The row that a context was asked for. */
  readonly anchorRow: number | null;
}

/** What one row shows beyond its data. */
export interface RowFlags {
  readonly active: boolean;
  readonly selected: boolean;
  readonly currentHit: boolean;
}

/** A column's value: parsed labels first, as LogQL sees them, then metadata, then the stream's. */
export function columnValue(name: string, row: EntryRow, labels: LabelSet | undefined): string | undefined {
  return row.parsed?.[name] ?? row.metadata?.[name] ?? labels?.[name];
}

/** The part of a long line that can be seen, in characters; `null` when lines are wrapped and seen whole. */
export interface LineWindow {
  readonly from: number;
  readonly length: number;
}

/** Whether the row holds only the beginning of its line. */
export function isCut(row: EntryRow): boolean {
  return row.lineBytes > MAX_WINDOW_LINE_BYTES;
}
