import { useContext, useEffect } from "react";
import type { ResultSetState } from "../../../src-shared/api/logs.api.ts";
import { StatusLineContext, type TailStatus } from "../../hooks/status-line.ts";
import type { ExploreViewStore } from "./explore-view-store.ts";
import type { ResultSetView } from "./session/result-set-view.ts";

/** Tells the status bar how the tail goes; nothing when none is followed. */
export function useTailStatus(tail: ResultSetView | null, store: ExploreViewStore): void {
  const statusLine = useContext(StatusLineContext);
  useEffect(() => {
    if (tail === null || statusLine === null) return undefined;
    const { setTail } = statusLine.getState();
    const tell = (): void => setTail(tailStatus(tail.snapshot.state, store.getState().follow));
    tell();
    const unsubscribe = [tail.subscribe(tell), store.subscribe(tell)];
    return () => {
      for (const undo of unsubscribe) undo();
      setTail(null);
    };
  }, [statusLine, tail, store]);
}

function tailStatus(state: ResultSetState, follow: boolean): TailStatus {
  const running = follow ? "live" : "paused";
  return {
    rowsPerSecond: Math.round(state.rowsPerSecond),
    dropped: state.dropped,
    gaps: state.gaps,
    state: state.phase === "tailing" ? running : state.phase === "reconnecting" ? "reconnecting" : "stopped",
  };
}
