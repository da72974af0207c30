/** Rows in time order, by number: a whole store, or a view of one. */
export interface TimedRows {
  readonly rowCount: number;
  timestampAt(row: number): Promise<bigint>;
}

/**
 * The row nearest to an instant; of several equally near the first; -1 when there are no rows. Rows are ascending, or
 * descending, by time; where a tail brought them slightly out of order, a row near the place is found, not surely the
 * nearest one.
 */
export async function nearestRow(rows: TimedRows, descending: boolean, timestampNs: bigint): Promise<number> {
  const rowCount = rows.rowCount;
  if (rowCount === 0) return -1;
  const after = await firstNotBefore(rows, rowCount, descending, timestampNs);
  if (after === 0) return 0;
  const aboveNs = await rows.timestampAt(after - 1);
  if (after < rowCount) {
    const below = distance(await rows.timestampAt(after), timestampNs);
    if (below < distance(aboveNs, timestampNs)) return after;
  }
  return await firstNotBefore(rows, rowCount, descending, aboveNs);
}

async function firstNotBefore(
  rows: TimedRows,
  rowCount: number,
  descending: boolean,
  timestampNs: bigint,
): Promise<number> {
  let low = 0;
  let high = rowCount;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const at = await rows.timestampAt(middle);
    if (descending ? at > timestampNs : at < timestampNs) low = middle + 1;
    else high = middle;
  }
  return low;
}

function distance(a: bigint, b: bigint): bigint {
  return a > b ? a - b : b - a;
}
