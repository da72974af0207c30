import { useCallback, useEffect, useRef, useState } from "react";
import type { WireError } from "../../../../src-shared/errors/wire-error.ts";
import { wireErrorOf } from "../../../hooks/wire-error-of.ts";

export interface Answer<Value> {
  /** The newest answer; during a new question still the former one. */
  readonly value: Value | null;
  readonly error: WireError | null;
  readonly loading: boolean;
  again(): void;
}

interface QuestionOptions {
  /** Waits this long for a newer question before it asks. */
  readonly delayMs?: number;
}

/**
 * Asks the core whenever `key` changes, and cancels what was asked before; `null` asks nothing and forgets the answer.
 * `ask` is the function of the moment: only `key` says whether the question is another one.
 */
export function useQuestion<Value>(
  key: string | null,
  ask: (signal: AbortSignal) => Promise<Value>,
  { delayMs = 0 }: QuestionOptions = {},
): Answer<Value> {
  const [state, setState] = useState<Omit<Answer<Value>, "again">>({ value: null, error: null, loading: key !== null });
  const [round, setRound] = useState(0);
  const newest = useRef(ask);
  useEffect(() => {
    newest.current = ask;
  });
  useEffect(() => {
    if (key === null) {
      setState({ value: null, error: null, loading: false });
      return undefined;
    }
    const question = new AbortController();
    setState((before) => ({ ...before, loading: true }));
    const timer = setTimeout(() => {
      newest.current(question.signal).then(
        (value) => {
          if (!question.signal.aborted) setState({ value, error: null, loading: false });
        },
        (error: unknown) => {
          if (!question.signal.aborted) setState({ value: null, error: wireErrorOf(error), loading: false });
        },
      );
    }, delayMs);
    return () => {
      clearTimeout(timer);
      question.abort();
    };
  }, [key, delayMs, round]);
  const again = useCallback(() => setRound((before) => before + 1), []);
  return { ...state, again };
}
