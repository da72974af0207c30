import { useCallback, useEffect, useRef, useState } from "react";
import type { WireError } from "../../../../src-shared/errors/wire-error.ts";
import { wireErrorOf } from "../../../hooks/wire-error-of.ts";

export interface Answer<Value> {
  /** The newest answer; while another question is asked, still the one before. */
  readonly value: Value | null;
  readonly error: WireError | null;
  readonly loading: boolean;
  readonly again: () => void;
}

interface QuestionOptions {
  /** Waits this long for a newer question before it asks. */
  readonly delayMs?: number;
}

interface Answered<Value> {
  /** The key and round that were answered. */
  readonly to: string | null;
  readonly value: Value | null;
  readonly error: WireError | null;
}

/**
 * Asks the core whenever `key` changes, and cancels what was asked before; `null` asks nothing. For questions about what
 * grows, which no cache should keep; everything else goes through `hooks/use-answer.ts`. `ask` is the function of the moment:
 * only `key` says whether the question is another one.
 */
export function useQuestion<Value>(
  key: string | null,
  ask: (signal: AbortSignal) => Promise<Value>,
  { delayMs = 0 }: QuestionOptions = {},
): Answer<Value> {
  const [answered, setAnswered] = useState<Answered<Value>>({ to: null, value: null, error: null });
  const [round, setRound] = useState(0);
  const newest = useRef(ask);
  useEffect(() => {
    newest.current = ask;
  });
  const question = key === null ? null : `${round} ${key}`;
  useEffect(() => {
    if (question === null) return undefined;
    const life = new AbortController();
    const timer = setTimeout(() => {
      newest.current(life.signal).then(
        (value) => {
          if (!life.signal.aborted) setAnswered({ to: question, value, error: null });
        },
        (error: unknown) => {
          if (!life.signal.aborted) setAnswered({ to: question, value: null, error: wireErrorOf(error) });
        },
      );
    }, delayMs);
    return () => {
      clearTimeout(timer);
      life.abort();
    };
  }, [question, delayMs]);
  const again = useCallback(() => setRound((before) => before + 1), []);
  if (question === null) return { value: null, error: null, loading: false, again };
  return { value: answered.value, error: answered.error, loading: answered.to !== question, again };
}
