import { useCallback } from "react";
import type { QuarantinePlan } from "../../../../src-shared/model/storage/quarantine.ts";
import { usePlan, type Planning } from "../../../hooks/use-plan.ts";
import type { InputOf } from "../../../rpc/procedure-names.ts";
import { useRpc } from "../../../rpc/rpc-context.tsx";

export type QuarantineInput = InputOf<"recovery", "planQuarantine">;

/** What a person agrees to: which objects, as they are, and what is known to speak against it. */
function contentOf({ items, count, bytes, problems, preflight, steps }: QuarantinePlan): string {
  const objects = items.map(({ key, etag, remains }) => [key, etag, remains]);
  const weights = problems.map(({ code, weight }) => [code, weight]);
  const checks = preflight.map(({ check, state }) => [check, state]);
  return JSON.stringify([objects, count, bytes, weights, checks, steps]);
}

/** The plan of setting aside or bringing back; see `usePlan`. */
export function useQuarantinePlan(request: QuarantineInput): Planning<QuarantinePlan> {
  const { api } = useRpc();
  const ask = useCallback((signal: AbortSignal) => api.recovery.planQuarantine(request, { signal }), [api, request]);
  return usePlan(ask, contentOf);
}
