import { AppError } from "../../../../src-shared/errors/app-error.ts";
import type { TimeUnit } from "./foreign-columns.ts";
import { RowGroupColumns } from "./open-parquet-file.ts";
import type { ParquetFooter } from "./parquet-footer.ts";

/** Most distinct values that make a column a label, as few streams are what labels are for. */
const MOST_LABEL_VALUES = 100;
/** As many values may be distinct in a file of a few rows. */
const ALWAYS_FEW = 10;

/**
 * Whether a column of texts has few enough values to be a label, by the first row group with rows: by its dictionary where
 * it has one, else by the values of its first pages.
 */
export function isLabelColumn(footer: ParquetFooter, column: number): boolean {
  const rowGroup = footer.rowGroups.findIndex(({ num_rows }) => num_rows > 0n);
  if (rowGroup < 0 || footer.leaves[column]?.element.type !== "BYTE_ARRAY") return false;
  using columns = new RowGroupColumns(footer, rowGroup, footer.file);
  const { distinct, values } = columns.sample(column);
  return distinct <= ALWAYS_FEW || (distinct <= MOST_LABEL_VALUES && distinct * 2 <= values);
}

/**
 * The unit of numbers whose name alone says that they are times: between 1973 and 5138 each power of a thousand means one
 * unit only.
 */
export function unitOfNumbers(footer: ParquetFooter, column: number, part: string): TimeUnit {
  for (const rowGroup of footer.rowGroups.keys()) {
    using columns = new RowGroupColumns(footer, rowGroup, part);
    const { values, nulls } = columns.numbers(column);
    const row = values.findIndex((value, index) => value !== 0n && nulls?.[index] !== 1);
    const value = values[row];
    if (value === undefined) continue;
    const size = value < 0n ? -value : value;
    if (size < 100_000_000_000n) return "s";
    if (size < 100_000_000_000_000n) return "ms";
    return size < 100_000_000_000_000_000n ? "us" : "ns";
  }
  throw new AppError("archive.columns-missing", { file: part, columns: "timestamp" });
}
