import { useCallback, useEffect, useRef, useState } from "react";
import type { Site } from "../../../../src-shared/api/sites.api.ts";
import type { WireError } from "../../../../src-shared/errors/wire-error.ts";
import type { LimitPlan } from "../../../../src-shared/model/tenants/limit-change.ts";
import { wireErrorOf } from "../../../hooks/wire-error-of.ts";
import { useRpc } from "../../../rpc/rpc-context.tsx";
import type { ChangeInput } from "./change-draft.ts";

/** A plan is made anew this long before it ends, so that one that is shown can be applied. */
const BEFORE_END_MS = 15_000;
const SHORTEST_MS = 5_000;

interface PlanState {
  readonly plan: LimitPlan | undefined;
  readonly newer: LimitPlan | undefined;
  readonly error: WireError | undefined;
  readonly looking: boolean;
}

export interface LimitPlanning extends PlanState {
  /** Plans again and shows what comes. */
  readonly lookAgain: () => void;
  /** Shows the newer plan. */
  readonly takeNewer: () => void;
}

/** What a person reads of a plan and agrees to; its id, its times, and use that moves by itself are not part of it. */
function contentOf({ edits, diff, problems, steps, place }: LimitPlan): string {
  const values = edits.map(({ tenant, key, before, after }) => [tenant, key, before, after]);
  const weights = problems.map(({ code, weight }) => [code, weight]);
  return JSON.stringify([values, diff, weights, steps, place.namespace, place.name, place.key, place.resourceVersion]);
}

function accept(before: PlanState, plan: LimitPlan, asked: boolean): PlanState {
  const same = before.plan === undefined || contentOf(before.plan) === contentOf(plan);
  return asked || same
    ? { plan, newer: undefined, error: undefined, looking: false }
    : { ...before, newer: plan, error: undefined, looking: false };
}

/**
 * The plan of a change, kept from expiring. One that says something else than the plan that is read waits as `newer`:
 * nothing changes under the pointer.
 */
export function useLimitPlan(site: Site["id"], change: ChangeInput): LimitPlanning {
  const { api } = useRpc();
  const [state, setState] = useState<PlanState>({ plan: undefined, newer: undefined, error: undefined, looking: true });
  const asking = useRef<AbortController | null>(null);
  const send = useCallback(
    (asked: boolean): void => {
      asking.current?.abort();
      const controller = new AbortController();
      asking.current = controller;
      // Not by the cache of answers: that is asked again after every round, and each plan leaves an audit entry.
      api.tenants.plan({ site, change }, { signal: controller.signal }).then(
        (plan) => {
          if (!controller.signal.aborted) setState((before) => accept(before, plan, asked));
        },
        (thrown: unknown) => {
          if (controller.signal.aborted) return;
          setState((before) => ({ ...before, error: wireErrorOf(thrown), looking: false }));
        },
      );
    },
    [api, site, change],
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
