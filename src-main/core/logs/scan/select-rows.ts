import { MARKER_LEVEL, type PackedRows } from "../result-set/packed-rows.ts";
import { emptyBitmap, flipBits, hasBit, intersect, setBit, setRange, type RowBitmap } from "./row-bitmap.ts";
import type { RowPredicate } from "./scan-protocol.ts";
import type { TextMatcher } from "./text-matcher.ts";

/** A predicate with its text match made ready. */
export interface ReadyPredicate extends Omit<RowPredicate, "match"> {
  readonly matcher: TextMatcher | null;
}

/**
 * The packed rows from `fromRow` on for which all predicates hold. Markers never do; with `markers` they pass wherever
 * they lie in the ranges asked for.
 */
export function selectRows(
  rows: PackedRows,
  fromRow: number,
  predicates: readonly ReadyPredicate[],
  markers: boolean,
): RowBitmap {
  const selected = emptyBitmap(rows.rowCount);
  setRange(selected, fromRow, rows.rowCount);
  for (const predicate of predicates) intersect(selected, rowsOf(rows, fromRow, predicate));
  for (let row = fromRow; row < rows.rowCount; row += 1) {
    if (rows.table.level(row) !== MARKER_LEVEL) continue;
    const passes =
      markers && predicates.every((predicate) => predicate.invert === true || inRange(rows, row, predicate));
    if (passes) setBit(selected, row);
    else if (hasBit(selected, row)) flipBits(selected, row, row + 1);
  }
  return selected;
}

function rowsOf(rows: PackedRows, fromRow: number, predicate: ReadyPredicate): RowBitmap {
  const found = emptyBitmap(rows.rowCount);
  const levels = predicate.levels === undefined ? null : new Set(predicate.levels);
  const ranged = predicate.startNs !== undefined || predicate.endNs !== undefined;
  const take = (row: number) => {
    if (levels !== null && !levels.has(rows.table.level(row))) return;
    if (ranged && !inRange(rows, row, predicate)) return;
    setBit(found, row);
  };
  if (predicate.matcher !== null) predicate.matcher.visitMatches(rows, fromRow, take);
  else for (let row = fromRow; row < rows.rowCount; row += 1) take(row);
  if (predicate.invert === true) flipBits(found, fromRow, rows.rowCount);
  return found;
}

function inRange(rows: PackedRows, row: number, predicate: ReadyPredicate): boolean {
  const timestampNs = rows.table.timestampNs(row);
  if (predicate.startNs !== undefined && timestampNs < predicate.startNs) return false;
  return predicate.endNs === undefined || timestampNs < predicate.endNs;
}
