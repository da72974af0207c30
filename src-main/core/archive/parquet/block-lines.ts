import { AppError } from "../../../../src-shared/errors/app-error.ts";
import { NO_VALUE, type ByteColumn } from "./byte-column.ts";

/** Lines as `BlockRows` has them: in the order of the rows, one behind the other. */
export interface BlockLines {
  readonly bytes: Uint8Array;
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
}

const MOST_BYTES = 2 ** 31 - 1;

/**
 * The lines of a column. As they were unpacked where each row has a value of its own; copied in order where rows share
 * those of a dictionary, are null (an empty line), or have their true bytes in `raw`.
 *
 * @throws `archive.unpack-too-large`
 */
export function blockLines(lines: ByteColumn, raw: ByteColumn | null, part: string): BlockLines {
  if (raw === null && ownValues(lines.refs)) {
    return { bytes: lines.bytes, starts: lines.starts, ends: lines.ends };
  }
  const rows = lines.refs.length;
  const source = (row: number): { readonly column: ByteColumn; readonly value: number } => {
    const rawValue = raw?.refs[row] ?? NO_VALUE;
    return raw !== null && rawValue !== NO_VALUE
      ? { column: raw, value: rawValue }
      : { column: lines, value: lines.refs[row] ?? NO_VALUE };
  };
  const starts = new Uint32Array(rows);
  const ends = new Uint32Array(rows);
  let total = 0;
  for (let row = 0; row < rows; row += 1) {
    const { column, value } = source(row);
    starts[row] = total;
    if (value !== NO_VALUE) total += (column.ends[value] ?? 0) - (column.starts[value] ?? 0);
    if (total > MOST_BYTES) throw new AppError("archive.unpack-too-large", { part, limitBytes: MOST_BYTES });
    ends[row] = total;
  }
  const bytes = Buffer.allocUnsafeSlow(total);
  for (let row = 0; row < rows; row += 1) {
    const { column, value } = source(row);
    if (value !== NO_VALUE) bytes.set(column.bytes.subarray(column.starts[value], column.ends[value]), starts[row]);
  }
  return { bytes, starts, ends };
}

function ownValues(refs: Uint32Array): boolean {
  for (let row = 0; row < refs.length; row += 1) if (refs[row] !== row) return false;
  return true;
}
