import { useCallback, useRef, useSyncExternalStore } from "react";
import type { LabelSet } from "../../../../src-shared/model/labels.ts";
import type { LogRow } from "../../../../src-shared/model/log-row.ts";
import type { RowWindowCache } from "./row-window-cache.ts";

export interface RowInHand {
  readonly row: LogRow;
  readonly labels: LabelSet | undefined;
}

/** A row by number, kept while it is looked at even when its page leaves the cache. */
export function useRow(cache: RowWindowCache | null, number: number): RowInHand | null {
  const kept = useRef<{ readonly cache: RowWindowCache; readonly hand: RowInHand } | null>(null);
  return useSyncExternalStore(
    useCallback((listener: () => void) => cache?.subscribe(listener) ?? (() => undefined), [cache]),
    () => {
      if (cache === null || number < 0) return null;
      const row = cache.row(number);
      const { current } = kept;
      const isSame = current?.cache === cache && current.hand.row.row === number;
      if (row === undefined) return isSame ? current.hand : null;
      if (!isSame || current.hand.row !== row) {
        kept.current = { cache, hand: { row, labels: cache.labels(number) } };
      }
      return kept.current?.hand ?? null;
    },
  );
}
