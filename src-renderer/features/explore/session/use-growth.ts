import { useMemo, useSyncExternalStore } from "react";
import type { ResultSetView } from "./result-set-view.ts";

const FIRST_MS = 150;

/**
 * The number of rows of a set, told at most once in `everyMs`: for figures over all rows, which cost the core a scan. The
 * last growth is always told.
 */
export function useGrowth(view: ResultSetView | null, everyMs: number): number {
  const growth = useMemo(() => slowGrowth(view, everyMs), [view, everyMs]);
  return useSyncExternalStore(growth.subscribe, growth.rows);
}

interface SlowGrowth {
  readonly subscribe: (listener: () => void) => () => void;
  readonly rows: () => number;
}

function slowGrowth(view: ResultSetView | null, everyMs: number): SlowGrowth {
  if (view === null) return { subscribe: () => () => undefined, rows: () => 0 };
  let told = view.snapshot.state.rows;
  return {
    rows: () => told,
    subscribe: (listener) => {
      let timer: ReturnType<typeof setTimeout> | null = null;
      const later = (): void => {
        if (timer !== null || view.snapshot.state.rows === told) return;
        // The first rows are told soon: an empty panel is no answer.
        const waitMs = told === 0 ? FIRST_MS : everyMs;
        timer = setTimeout(() => {
          timer = null;
          told = view.snapshot.state.rows;
          listener();
        }, waitMs);
      };
      const unsubscribe = view.subscribe(later);
      later();
      return () => {
        unsubscribe();
        if (timer !== null) clearTimeout(timer);
      };
    },
  };
}
