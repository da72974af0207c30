import type { BlockProblem, BlockRows } from "../archive-block.ts";
import {
  LINE_COLUMN,
  METADATA_COLUMN,
  PARSED_COLUMN,
  RAW_LINE_COLUMN,
  STREAM_COLUMN,
  TIME_COLUMN,
} from "./archive-columns.ts";
import type { ArchiveFileFacts } from "./archive-file-facts.ts";
import { blockLines } from "./block-lines.ts";
import { lazyExtra } from "./lazy-extra.ts";
import { RowGroupColumns } from "./open-parquet-file.ts";
import { ParquetDamage, readError } from "./parquet-damage.ts";
import type { ParquetFooter } from "./parquet-footer.ts";
import { withoutRows } from "./row-selection.ts";

/**
 * Reads a row group of a file of ours. Lines whose page is damaged are left out and told among the problems.
 * @throws `ParquetDamage`, `archive.changed`, `archive.unpack-too-large`
 */
export function decodeArchiveGroup(
  footer: ParquetFooter,
  facts: ArchiveFileFacts,
  rowGroup: number,
  part: string,
): BlockRows {
  using columns = new RowGroupColumns(footer, rowGroup, part);
  const group = facts.groups?.[rowGroup] ?? null;
  const times = columns.numbers(columns.find(TIME_COLUMN)).values;
  const streamRefs = columns.indexes(columns.find(STREAM_COLUMN));
  for (const ref of streamRefs) {
    if (ref >= facts.streams.length) throw new ParquetDamage(`stream ${ref} of ${facts.streams.length}`);
  }
  const problems: BlockProblem[] = [];
  const drop = new Uint8Array(times.length);
  const lineColumn = columns.texts(columns.find(LINE_COLUMN), ({ from, to, error }) => {
    drop.fill(1, from, to);
    problems.push({ part, error: readError(part, error).toWire(), count: to - from, ...timesOf(times, from, to) });
  });
  const raw = group?.r === 0 ? null : columns.texts(columns.find(RAW_LINE_COLUMN));
  const lines = blockLines(lineColumn, raw, part);
  const extra = (column: string) => () => {
    using again = new RowGroupColumns(footer, rowGroup, part);
    const map = again.map(again.find(column, "key_value", "key"), again.find(column, "key_value", "value"));
    return (row: number) => map.at(row);
  };
  const rows: BlockRows = {
    rowCount: times.length,
    timestampsNs: times,
    streams: facts.streams,
    streamRefs,
    bytes: lines.bytes,
    lineStarts: lines.starts,
    lineEnds: lines.ends,
    metadata: group?.m === 0 ? null : lazyExtra(extra(METADATA_COLUMN), part, group?.m ?? times.length, problems),
    parsed: group?.p === 0 ? null : lazyExtra(extra(PARSED_COLUMN), part, group?.p ?? times.length, problems),
    problems,
  };
  return problems.length === 0 ? rows : withoutRows(rows, drop);
}

function timesOf(times: BigInt64Array, from: number, to: number): { startNs?: bigint; endNs?: bigint } {
  const startNs = times[from];
  const endNs = times[to - 1];
  return startNs === undefined || endNs === undefined ? {} : { startNs, endNs };
}
