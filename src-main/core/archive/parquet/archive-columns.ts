import type { SchemaElement } from "hyparquet";
import type { LabelSet } from "../../../../src-shared/model/labels.ts";

export const TIME_COLUMN = "timestamp";
export const LINE_COLUMN = "line";
export const RAW_LINE_COLUMN = "line_raw";
export const STREAM_COLUMN = "stream_id";
export const TENANT_COLUMN = "tenant";
export const LABELS_COLUMN = "labels";
export const METADATA_COLUMN = "metadata";
export const PARSED_COLUMN = "parsed";

/** The footer's key for what is known of each row group: a JSON array, see `row-group-facts.ts`. */
export const GROUPS_KEY = "kubemate.groups";
/** The footer's key for the labels that have columns: a JSON object, label → column. */
export const LABEL_COLUMNS_KEY = "kubemate.label-columns";

/**
 * The schema of our files. Nanoseconds are not "adjusted to UTC" although they are UTC: so they come back exact where an
 * adjusted column is cut to microseconds (DuckDB's TIMESTAMP WITH TIME ZONE).
 */
export function archiveSchema(labelColumns: LabelSet, withTenant: boolean): SchemaElement[] {
  const columns: SchemaElement[] = [
    {
      name: TIME_COLUMN,
      type: "INT64",
      repetition_type: "REQUIRED",
      logical_type: { type: "TIMESTAMP", isAdjustedToUTC: false, unit: "NANOS" },
    },
    text(LINE_COLUMN, "REQUIRED"),
    { name: RAW_LINE_COLUMN, type: "BYTE_ARRAY", repetition_type: "OPTIONAL" },
    { name: STREAM_COLUMN, type: "INT32", repetition_type: "REQUIRED" },
    ...(withTenant ? [text(TENANT_COLUMN, "REQUIRED")] : []),
    ...Object.values(labelColumns).map((column) => text(column, "OPTIONAL")),
  ];
  const maps = [LABELS_COLUMN, METADATA_COLUMN, PARSED_COLUMN];
  return [
    { name: "logs", num_children: columns.length + maps.length },
    ...columns,
    ...maps.flatMap((name): SchemaElement[] => [
      { name, repetition_type: "REQUIRED", num_children: 1, converted_type: "MAP", logical_type: { type: "MAP" } },
      { name: "key_value", repetition_type: "REPEATED", num_children: 2 },
      text("key", "REQUIRED"),
      text("value", "REQUIRED"),
    ]),
  ];
}

function text(name: string, repetition: "REQUIRED" | "OPTIONAL"): SchemaElement {
  return {
    name,
    type: "BYTE_ARRAY",
    repetition_type: repetition,
    converted_type: "UTF8",
    logical_type: { type: "STRING" },
  };
}
