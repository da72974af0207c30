import { useCallback, useEffect, useRef, useState } from "react";
import type { WireError } from "../../src-shared/errors/wire-error.ts";
import { wireErrorOf } from "./wire-error-of.ts";

/** A plan is looked at anew this long before it ends, so that one that is shown can be applied. */
const BEFORE_END_MS = 15_000;
const SHORTEST_MS = 5_000;

interface Lasting {
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
}

interface PlanState<Plan> {
  readonly plan: Plan | undefined;
  readonly newer: Plan | undefined;
  readonly error: WireError | undefined;
  readonly looking: boolean;
}

export interface Planning<Plan> extends PlanState<Plan> {
  /** Plans again and shows what comes. */
  readonly lookAgain: () => void;
  /** Shows the newer plan. */
  readonly takeNewer: () => void;
}

/**
 * A plan, kept from expiring. One that says something else than the plan that is read waits as `newer`: nothing changes under
 * the pointer. `ask` asks the core, and not by the cache of answers, since each plan leaves an audit entry; `contentOf` is what a
 * person reads of a plan and agrees to, without its id and times. Both have to stay the same between renderings.
 */
export function usePlan<Plan extends Lasting>(
  ask: (signal: AbortSignal) => Promise<Plan>,
  contentOf: (plan: Plan) => string,
): Planning<Plan> {
  const [state, setState] = useState<PlanState<Plan>>({
    plan: undefined,
    newer: undefined,
    error: undefined,
    looking: true,
  });
  const asking = useRef<AbortController | null>(null);
  const send = useCallback(
    (asked: boolean): void => {
      asking.current?.abort();
      const controller = new AbortController();
      asking.current = controller;
      ask(controller.signal).then(
        (plan) => {
          if (controller.signal.aborted) return;
          setState((before) => {
            const same = before.plan === undefined || contentOf(before.plan) === contentOf(plan);
            return asked || same
              ? { plan, newer: undefined, error: undefined, looking: false }
              : { ...before, newer: plan, error: undefined, looking: false };
          });
        },
        (thrown: unknown) => {
          if (controller.signal.aborted) return;
          setState((before) => ({ ...before, error: wireErrorOf(thrown), looking: false }));
        },
      );
    },
    [ask, contentOf],
  );
  useEffect(() => {
    send(true);
    return () => asking.current?.abort();
  }, [send]);
  const look = useCallback(
    (asked: boolean): void => {
      setState((before) => ({ ...before, error: undefined, looking: true }));
      send(asked);
    },
    [send],
  );

  const newest = state.newer ?? state.plan;
  useEffect(() => {
    if (newest === undefined) return undefined;
    // By how long it is valid, not by when: the core's clock may be another one.
    const validMs = newest.expiresAtMs - newest.createdAtMs;
    const timer = setTimeout(() => look(false), Math.max(SHORTEST_MS, validMs - BEFORE_END_MS));
    return () => clearTimeout(timer);
  }, [newest, look]);

  return {
    ...state,
    lookAgain: () => look(true),
    takeNewer: () => setState((before) => ({ ...before, plan: before.newer ?? before.plan, newer: undefined })),
  };
}
