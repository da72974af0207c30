import { useCallback } from "react";
import type { OperationPlan } from "../../../../src-shared/model/health/operation.ts";
import { usePlan, type Planning } from "../../../hooks/use-plan.ts";
import { useRpc } from "../../../rpc/rpc-context.tsx";
import type { OperationDraft } from "./operation-draft.ts";

function contentOf({ safe, steps, effects, diff, preview, undo }: OperationPlan): string {
  const { answer, reasons, checked } = safe;
  return JSON.stringify({ answer, reasons, checked, steps, effects, diff, preview, undo });
}

/** The plan of an operation; see `usePlan`. */
export function useOperationPlan(site: string, operation: OperationDraft): Planning<OperationPlan> {
  const { api } = useRpc();
  const ask = useCallback(
    (signal: AbortSignal) => api.health.plan({ site, operation }, { signal }),
    [api, site, operation],
  );
  return usePlan(ask, contentOf);
}
