import { NO_VALUE } from "./byte-column.ts";
import { textReader } from "./map-column.ts";
import type { RowGroupColumns } from "./open-parquet-file.ts";
import type { ParquetFooter } from "./parquet-footer.ts";

/** Reads a column of texts or whole numbers as texts; `null` where a row has none. */
export function foreignTextReader(
  columns: RowGroupColumns,
  footer: ParquetFooter,
  column: number,
): (row: number) => string | null {
  if (footer.leaves[column]?.element.type === "BYTE_ARRAY") {
    const texts = columns.texts(column);
    const read = textReader(texts);
    return (row) => {
      const value = texts.refs[row] ?? NO_VALUE;
      return value === NO_VALUE ? null : read(value);
    };
  }
  const { values, nulls } = columns.numbers(column);
  return (row) => (nulls?.[row] === 1 ? null : (values[row] ?? 0n).toString());
}
