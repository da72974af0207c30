import type { LabelSet } from "../../../../src-shared/model/labels.ts";
import type { BlockRows } from "../archive-block.ts";

/** The block without the rows that are marked in `drop`. */
export function withoutRows(rows: BlockRows, drop: Uint8Array): BlockRows {
  const kept: number[] = [];
  for (const [row, dropped] of drop.entries()) if (dropped === 0) kept.push(row);
  if (kept.length === rows.rowCount) return rows;
  const places = Uint32Array.from(kept);
  const pick = (values: Uint32Array): Uint32Array => places.map((row) => values[row] ?? 0);
  return {
    ...rows,
    rowCount: places.length,
    timestampsNs: BigInt64Array.from(places, (row) => rows.timestampsNs[row] ?? 0n),
    streamRefs: pick(rows.streamRefs),
    lineStarts: pick(rows.lineStarts),
    lineEnds: pick(rows.lineEnds),
    metadata: moved(rows.metadata, places),
    parsed: moved(rows.parsed, places),
  };
}

function moved(
  extra: ((row: number) => LabelSet | undefined) | null,
  places: Uint32Array,
): ((row: number) => LabelSet | undefined) | null {
  return extra === null ? null : (row) => extra(places[row] ?? 0);
}
