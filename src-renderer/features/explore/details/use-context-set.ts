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
  const [round, setRound] = useState(0);
  const [answer, setAnswer] = useState<ContextAnswer>({ to: null, found: null, error: null });
  const shown = useRef<ResultSetView | null>(null);
  const { before, after } = extent;
  const question = JSON.stringify([view.id, row, before, after, labels, round]);
  useEffect(() => {
    let isStale = false;
    client
      .context({ set: view.id, row, before, after, ...(labels === null ? {} : { labels: [...labels] }) })
      .then((state) => {
        const opened = new ResultSetView(client, state, (run) => requestAnimationFrame(run));
        if (isStale) {
          opened[Symbol.dispose]();
          return;
        }
        shown.current?.[Symbol.dispose]();
        shown.current = opened;
        setAnswer({ to: question, found: { view: opened, anchorRow: state.anchorRow }, error: null });
      })
      .catch((error: unknown) => {
        if (!isStale) setAnswer(({ found }) => ({ to: question, found, error: wireErrorOf(error) }));
      });
    return () => {
      isStale = true;
    };
  }, [client, view, row, before, after, labels, question]);
  useEffect(
    () => () => {
      shown.current?.[Symbol.dispose]();
      shown.current = null;
    },
    [],
  );
  const again = useCallback(() => setRound((now) => now + 1), []);
  const isAnswered = answer.to === question;
  return { found: answer.found, loading: !isAnswered, error: isAnswered ? answer.error : null, again };
}

interface ContextAnswer {
  /** The question that was answered. */
  readonly to: string | null;
  readonly found: ContextSet["found"];
  readonly error: WireError | null;
}
