import { AppError } from "../../../../src-shared/errors/app-error.ts";
import type { ArchiveProblem } from "../../../../src-shared/model/archive.ts";
import type { ArchiveBlock, ForeignColumns } from "../archive-block.ts";
import { foreignTimes } from "./foreign-times.ts";
import type { NumberColumn } from "./number-column.ts";
import { RowGroupColumns } from "./open-parquet-file.ts";
import type { ParquetFooter } from "./parquet-footer.ts";

/**
 * Blocks of a file of others. Bounds come from its statistics, or from its times where it has none. A row group none of whose
 * rows has a time that can be used is a problem instead.
 */
export async function foreignFileBlocks(
  footer: ParquetFooter,
  foreign: ForeignColumns,
  tenant: string,
  part: string,
): Promise<{ readonly blocks: readonly ArchiveBlock[]; readonly problems: readonly ArchiveProblem[] }> {
  const blocks: ArchiveBlock[] = [];
  const problems: ArchiveProblem[] = [];
  const knownStreams = foreign.labels.length === 0 && foreign.maps.every(({ becomes }) => becomes !== "labels");
  for (const [rowGroup, group] of footer.rowGroups.entries()) {
    const rows = Number(group.num_rows);
    if (rows === 0) continue;
    let bounds = statedBounds(footer, foreign, rowGroup);
    if (bounds === null) {
      bounds = readBounds(footer, foreign, rowGroup, part);
      // A column was read on this thread; others have their turn.
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
    if (bounds === null) {
      const error = new AppError("archive.times-unrepresentable", { part, lines: rows });
      problems.push({ part, error: error.toWire(), count: rows });
      continue;
    }
    blocks.push({
      place: { kind: "parquet", file: footer.file, rowGroup, foreign },
      tenant,
      ...bounds,
      rows,
      bytes: Number(group.columns[foreign.line]?.meta_data?.total_uncompressed_size ?? 0n),
      streams: knownStreams ? [foreign.fixedLabels] : null,
      sorted: false,
    });
  }
  return { blocks, problems };
}

interface Bounds {
  readonly minNs: bigint;
  readonly maxNs: bigint;
}

function statedBounds(footer: ParquetFooter, { time }: ForeignColumns, rowGroup: number): Bounds | null {
  const stated = footer.rowGroups[rowGroup]?.columns[time.column]?.meta_data?.statistics;
  const min = stated?.min_value ?? stated?.min;
  const max = stated?.max_value ?? stated?.max;
  // INT96 has no order that writers agree on, so its bounds mean nothing.
  if (footer.leaves[time.column]?.element.type === "INT96") return null;
  if (typeof min !== "bigint" || typeof max !== "bigint" || min > max) return null;
  return boundsOf({ values: BigInt64Array.of(min, max), nulls: null }, time, true);
}

function readBounds(footer: ParquetFooter, { time }: ForeignColumns, rowGroup: number, part: string): Bounds | null {
  using columns = new RowGroupColumns(footer, rowGroup, part);
  return boundsOf(columns.numbers(time.column), time, false);
}

/** `null` where no time can be used, or not `all` of them. */
function boundsOf(numbers: NumberColumn, time: ForeignColumns["time"], all: boolean): Bounds | null {
  const unusable = new Uint8Array(numbers.values.length);
  const times = foreignTimes(numbers, time, unusable);
  let minNs: bigint | null = null;
  let maxNs: bigint | null = null;
  for (const [row, ns] of times.entries()) {
    if (unusable[row] === 1) {
      if (all) return null;
      continue;
    }
    if (minNs === null || ns < minNs) minNs = ns;
    if (maxNs === null || ns > maxNs) maxNs = ns;
  }
  return minNs === null || maxNs === null ? null : { minNs, maxNs };
}
