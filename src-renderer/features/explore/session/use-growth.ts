import { useEffect, useState } from "react";
import type { ResultSetView } from "./result-set-view.ts";

/**
 * A number that rises when a set has grown, at most once in `everyMs`: for figures over all rows, which cost the core a
 * scan. The last growth is always told.
 */
export function useGrowth(view: ResultSetView | null, everyMs: number): number {
  const [growth, setGrowth] = useState(0);
  useEffect(() => {
    if (view === null) return undefined;
    let told = view.snapshot.state.rows;
    let timer: ReturnType<typeof setTimeout> | null = null;
    setGrowth(told);
    const tell = (): void => {
      timer = null;
      told = view.snapshot.state.rows;
      setGrowth(told);
    };
    const unsubscribe = view.subscribe(() => {
      if (timer === null && view.snapshot.state.rows !== told) timer = setTimeout(tell, everyMs);
    });
    return () => {
      unsubscribe();
      if (timer !== null) clearTimeout(timer);
    };
  }, [view, everyMs]);
  return growth;
}
