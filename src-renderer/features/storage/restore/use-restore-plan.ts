import { useEffect, useState } from "react";
import type { WireError } from "../../../../src-shared/errors/wire-error.ts";
import type { RestorePlan, RestorePlanEvent } from "../../../../src-shared/model/storage/restore.ts";
import { wireErrorOf } from "../../../hooks/wire-error-of.ts";
import { useRpcStream } from "../../../rpc/use-rpc-stream.ts";
import type { RestoreInput } from "./restore-draft.ts";

export type PlanningProgress = Extract<RestorePlanEvent, { kind: "progress" }>;

export interface RestorePlanning {
  readonly progress: PlanningProgress | undefined;
  readonly plan: RestorePlan | undefined;
  readonly error: WireError | undefined;
  /** Whether its time is over. A plan may have read every object of a bucket: it is not made anew by itself. */
  readonly expired: boolean;
}

interface Told {
  readonly progress?: PlanningProgress;
  readonly plan?: RestorePlan;
  readonly error?: WireError;
  readonly expired?: boolean;
}

/** The plan of a restore as it comes. Leaving it stops the planning. */
export function useRestorePlan(request: RestoreInput): RestorePlanning {
  const [told, setTold] = useState<Told>({});
  useRpcStream("recovery", "planRestore", request, {
    onData: (event) => {
      if (event.kind === "progress") setTold((before) => ({ ...before, progress: event }));
      else setTold({ plan: event.plan });
    },
    onError: (error) => setTold((before) => ({ ...before, error: wireErrorOf(error) })),
  });
  const { plan } = told;
  useEffect(() => {
    if (plan === undefined) return undefined;
    // By how long it is valid, not by when: the core's clock may be another one.
    const timer = setTimeout(
      () => setTold((before) => ({ ...before, expired: true })),
      Math.max(0, plan.expiresAtMs - plan.createdAtMs),
    );
    return () => clearTimeout(timer);
  }, [plan]);
  return { progress: told.progress, plan, error: told.error, expired: told.expired === true };
}
