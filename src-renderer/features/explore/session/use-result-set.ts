import { useCallback, useSyncExternalStore } from "react";
import type { WireError } from "../../../../src-shared/errors/wire-error.ts";
import type { ResultSetSnapshot, ResultSetView } from "./result-set-view.ts";

/** The newest state of a set; drawn again whenever the core tells of a change, at most ten times a second. */
export function useResultSet(view: ResultSetView): ResultSetSnapshot;
export function useResultSet(view: ResultSetView | null): ResultSetSnapshot | null;
export function useResultSet(view: ResultSetView | null): ResultSetSnapshot | null {
  return useSyncExternalStore(useListen(view), () => view?.snapshot ?? null);
}

/** Why a set could not be read to its end; drawn again only when that changes. */
export function useReadFailure(view: ResultSetView | null): WireError | null {
  return useSyncExternalStore(useListen(view), () => {
    const state = view?.snapshot.state;
    return state?.phase === "failed" ? (state.error ?? null) : null;
  });
}

function useListen(view: ResultSetView | null): (listener: () => void) => () => void {
  return useCallback((listener: () => void) => view?.subscribe(listener) ?? (() => undefined), [view]);
}
