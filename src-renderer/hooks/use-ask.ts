import { useCallback, useEffect, useRef, useState } from "react";
import type { WireError } from "../../src-shared/errors/wire-error.ts";
import { wireErrorOf } from "./wire-error-of.ts";

export interface Asked<Output> {
  readonly data: Output | undefined;
  readonly error: WireError | undefined;
  readonly pending: boolean;
  /** Asks anew and forgets who was asked before; what was answered stays until there is something newer. */
  readonly ask: () => void;
}

/**
 * For what is dear to ask or leaves an audit entry: asked when a person says so, never again because a round ended. Give a
 * function that keeps its identity. Leaving the component cancels it.
 */
export function useAsk<Output>(question: (signal: AbortSignal) => Promise<Output>): Asked<Output> {
  const asking = useRef<AbortController>(null);
  const [state, setState] = useState<Omit<Asked<Output>, "ask">>({ data: undefined, error: undefined, pending: false });
  useEffect(() => () => asking.current?.abort(), []);
  const ask = useCallback((): void => {
    asking.current?.abort();
    const asked = new AbortController();
    asking.current = asked;
    setState(({ data }) => ({ data, error: undefined, pending: true }));
    question(asked.signal).then(
      (data) => {
        if (!asked.signal.aborted) setState({ data, error: undefined, pending: false });
      },
      (error: unknown) => {
        if (asked.signal.aborted) return;
        setState(({ data }) => ({ data, error: wireErrorOf(error), pending: false }));
      },
    );
  }, [question]);
  return { ...state, ask };
}
