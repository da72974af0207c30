import { AppError } from "../../../../src-shared/errors/app-error.ts";
import type { LabelSet } from "../../../../src-shared/model/labels.ts";
import type { BlockProblem, BlockRows, ForeignColumns } from "../archive-block.ts";
import { blockLines } from "./block-lines.ts";
import { foreignStreams } from "./foreign-streams.ts";
import { foreignTextReader } from "./foreign-text.ts";
import { foreignTimes } from "./foreign-times.ts";
import { lazyExtra } from "./lazy-extra.ts";
import { RowGroupColumns } from "./open-parquet-file.ts";
import { readError } from "./parquet-damage.ts";
import type { ParquetFooter } from "./parquet-footer.ts";
import { withoutRows } from "./row-selection.ts";

/**
 * Reads a row group of a file of others. Rows without a time that 64 bits of nanoseconds hold, and lines whose page is
 * damaged, are left out and told among the problems.
 *
 * @throws `ParquetDamage`, `archive.changed`, `archive.unpack-too-large`
 */
export function decodeForeignGroup(
  footer: ParquetFooter,
  foreign: ForeignColumns,
  rowGroup: number,
  part: string,
): BlockRows {
  using columns = new RowGroupColumns(footer, rowGroup, part);
  const problems: BlockProblem[] = [];
  const times = columns.numbers(foreign.time.column);
  const drop = new Uint8Array(times.values.length);
  const timestampsNs = foreignTimes(times, foreign.time, drop);
  const timeless = drop.reduce((sum, dropped) => sum + dropped, 0);
  if (timeless > 0) {
    const error = new AppError("archive.times-unrepresentable", { part, lines: timeless });
    problems.push({ part, error: error.toWire(), count: timeless });
  }
  const lineColumn = columns.texts(foreign.line, ({ from, to, error }) => {
    drop.fill(1, from, to);
    problems.push({ part, error: readError(part, error).toWire(), count: to - from });
  });
  const lines = blockLines(lineColumn, null, part);
  const { streams, streamRefs } = foreignStreams(columns, footer, foreign, timestampsNs.length);
  const hasMetadata = foreign.metadata.length > 0 || foreign.maps.some(({ becomes }) => becomes === "metadata");
  const readMetadata = (): ((row: number) => LabelSet | undefined) => {
    using again = new RowGroupColumns(footer, rowGroup, part);
    const texts = foreign.metadata.map(({ name, column }) => ({
      name,
      text: foreignTextReader(again, footer, column),
    }));
    const maps = foreign.maps
      .filter(({ becomes }) => becomes === "metadata")
      .map(({ keys, values }) => again.map(keys, values));
    return (row) => {
      const entries = maps.flatMap((map) => Object.entries(map.at(row) ?? {}));
      for (const { name, text } of texts) {
        const value = text(row);
        if (value !== null) entries.push([name, value]);
      }
      return entries.length === 0 ? undefined : Object.fromEntries(entries);
    };
  };
  const rows: BlockRows = {
    rowCount: timestampsNs.length,
    timestampsNs,
    streams,
    streamRefs,
    bytes: lines.bytes,
    lineStarts: lines.starts,
    lineEnds: lines.ends,
    metadata: hasMetadata ? lazyExtra(readMetadata, part, timestampsNs.length, problems) : null,
    parsed: null,
    problems,
  };
  return withoutRows(rows, drop);
}
