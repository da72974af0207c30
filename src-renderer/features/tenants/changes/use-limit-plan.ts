import { useCallback } from "react";
import type { Site } from "../../../../src-shared/api/sites.api.ts";
import type { LimitPlan } from "../../../../src-shared/model/tenants/limit-change.ts";
import { usePlan, type Planning } from "../../../hooks/use-plan.ts";
import { useRpc } from "../../../rpc/rpc-context.tsx";
import type { ChangeInput } from "./change-draft.ts";

/** Use moves by itself and is not part of what is agreed to. */
function contentOf({ edits, diff, problems, steps, place }: LimitPlan): string {
  const values = edits.map(({ tenant, key, before, after }) => [tenant, key, before, after]);
  const weights = problems.map(({ code, weight }) => [code, weight]);
  return JSON.stringify([values, diff, weights, steps, place.namespace, place.name, place.key, place.resourceVersion]);
}

/** The plan of a change of limits; see `usePlan`. */
export function useLimitPlan(site: Site["id"], change: ChangeInput): Planning<LimitPlan> {
  const { api } = useRpc();
  const ask = useCallback((signal: AbortSignal) => api.tenants.plan({ site, change }, { signal }), [api, site, change]);
  return usePlan(ask, contentOf);
}
