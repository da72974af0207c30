import type { LabelSet } from "../../../../src-shared/model/labels.ts";
import type { EntryRow } from "../../../../src-shared/model/log-row.ts";

/** Where a field of a row comes from; decides how the query filters on it. */
export type FieldOrigin = "label" | "metadata" | "parsed";

export interface RowField {
  readonly name: string;
  readonly value: string;
  readonly from: FieldOrigin;
}

/** Only lines with the value, only those without it, or those with it too. */
export type FieldFilterOp = "=" | "!=" | "also";

export const FIELD_ORIGINS: readonly FieldOrigin[] = ["label", "metadata", "parsed"];

/** The fields of a row by origin, each sorted by name. */
export function rowFields(
  row: EntryRow,
  labels: LabelSet | undefined,
): Readonly<Record<FieldOrigin, readonly RowField[]>> {
  return {
    label: fieldsOf(labels, "label"),
    metadata: fieldsOf(row.metadata, "metadata"),
    parsed: fieldsOf(row.parsed, "parsed"),
  };
}

function fieldsOf(labels: LabelSet | undefined, from: FieldOrigin): readonly RowField[] {
  return Object.entries(labels ?? {})
    .map(([name, value]) => ({ name, value, from }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}
