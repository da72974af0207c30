import { useContext, useEffect } from "react";
import { useStore } from "zustand";
import { StatusLineContext, type TailStatus } from "../../hooks/status-line.ts";
import type { ExploreViewStore } from "./explore-view-store.ts";
import type { ResultSetSnapshot } from "./session/result-set-view.ts";

/** Tells the status bar how the tail goes; `null` when none is followed. */
export function useTailStatus(resultSet: ResultSetSnapshot | null, store: ExploreViewStore): void {
  const statusLine = useContext(StatusLineContext);
  const follow = useStore(store, (state) => state.follow);
  useEffect(() => {
    statusLine?.getState().setTail(resultSet === null ? null : tailStatus(resultSet, follow));
  }, [statusLine, resultSet, follow]);
  useEffect(() => () => statusLine?.getState().setTail(null), [statusLine]);
}

function tailStatus({ state }: ResultSetSnapshot, follow: boolean): TailStatus {
  const running = follow ? "live" : "paused";
  return {
    rowsPerSecond: Math.round(state.rowsPerSecond),
    dropped: state.dropped,
    gaps: state.gaps,
    state: state.phase === "tailing" ? running : state.phase === "reconnecting" ? "reconnecting" : "stopped",
  };
}
