import { useCallback, useSyncExternalStore } from "react";
import type { ResultSetSnapshot, ResultSetView } from "./result-set-view.ts";

/** The newest state of a set; drawn again whenever the core tells of a change, at most ten times a second. */
export function useResultSet(view: ResultSetView | null): ResultSetSnapshot | null {
  return useSyncExternalStore(
    useCallback((listener: () => void) => view?.subscribe(listener) ?? (() => undefined), [view]),
    () => view?.snapshot ?? null,
  );
}
