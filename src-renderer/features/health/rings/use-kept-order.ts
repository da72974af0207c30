import { useMemo, useRef } from "react";

/**
 * Rows sorted when `occasion` changes, and left in that order until it does again: a newer answer changes what a row says and
 * not where it stands. New rows come at the end.
 */
export function useKeptOrder<Row>(
  rows: readonly Row[],
  keyOf: (row: Row) => string,
  compare: (a: Row, b: Row) => number,
  occasion: string,
): readonly Row[] {
  const kept = useRef<{ readonly occasion: string; readonly places: ReadonlyMap<string, number> } | null>(null);
  return useMemo(() => {
    const before = kept.current?.occasion === occasion ? kept.current.places : null;
    const placeOf = (row: Row): number => before?.get(keyOf(row)) ?? Number.MAX_SAFE_INTEGER;
    const ordered = rows.toSorted((a, b) => (placeOf(a) === placeOf(b) ? compare(a, b) : placeOf(a) - placeOf(b)));
    if (rows.length > 0) {
      kept.current = { occasion, places: new Map(ordered.map((row, place) => [keyOf(row), place])) };
    }
    return ordered;
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- how rows are named and compared does not change
  }, [rows, occasion]);
}
