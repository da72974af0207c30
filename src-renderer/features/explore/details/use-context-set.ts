import { useCallback, useEffect, useRef, useState } from "react";
import type { WireError } from "../../../../src-shared/errors/wire-error.ts";
import { wireErrorOf } from "../../../hooks/wire-error-of.ts";
import { ResultSetView, type LogsClient } from "../session/result-set-view.ts";

export interface ContextSet {
  /** The newest that was opened; while a wider one is being read, still the former. */
  readonly found: { readonly view: ResultSetView; readonly anchorRow: number } | null;
  readonly loading: boolean;
  readonly error: WireError | null;
  readonly again: () => void;
}

/** The lines around a row as a set of its own; opened anew when more of them, or another source, are asked for. */
export function useContextSet(
  client: LogsClient,
  view: ResultSetView,
  row: number,
  extent: { readonly before: number; readonly after: number },
  labels: readonly string[] | null,
): ContextSet {
  const [state, setState] = useState<Omit<ContextSet, "again">>({ found: null, loading: true, error: null });
  const [round, setRound] = useState(0);
  const shown = useRef<ResultSetView | null>(null);
  const { before, after } = extent;
  useEffect(() => {
    let stale = false;
    setState((now) => ({ ...now, loading: true, error: null }));
    client
      .context({ set: view.id, row, before, after, ...(labels === null ? {} : { labels: [...labels] }) })
      .then((answer) => {
        const opened = new ResultSetView(client, answer, (run) => requestAnimationFrame(run));
        if (stale) {
          opened[Symbol.dispose]();
          return;
        }
        shown.current?.[Symbol.dispose]();
        shown.current = opened;
        setState({ found: { view: opened, anchorRow: answer.anchorRow }, loading: false, error: null });
      })
      .catch((error: unknown) => {
        if (!stale) setState((now) => ({ ...now, loading: false, error: wireErrorOf(error) }));
      });
    return () => {
      stale = true;
    };
  }, [client, view, row, before, after, labels, round]);
  useEffect(
    () => () => {
      shown.current?.[Symbol.dispose]();
      shown.current = null;
    },
    [],
  );
  const again = useCallback(() => setRound((now) => now + 1), []);
  return { ...state, again };
}
