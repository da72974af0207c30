import { useMemo, useRef, useEffect } from "react";
import type { LogTarget } from "../../../../src-shared/api/log-target.ts";
import type { CostEstimate } from "../../../../src-shared/api/logs.api.ts";
import type { WireError } from "../../../../src-shared/errors/wire-error.ts";
import type { RangeChoice } from "../../../hooks/workspace-store.ts";
import type { LogsClient } from "../session/result-set-view.ts";
import { isReversed, resolveRange } from "../session/run-plan.ts";
import { withoutCost } from "../session/source-traits.ts";
import { useQuestion } from "../session/use-question.ts";

const TYPING_PAUSE_MS = 600;
/** A relative range moves on; for so long the estimate still speaks of the same lines. */
const FRESH_MS = 30_000;

export interface Estimate {
  readonly value: CostEstimate | null;
  readonly loading: boolean;
  readonly error: WireError | null;
  /** The estimate when it is of this query, over this range, and fresh. */
  readonly known: (query: string) => CostEstimate | null;
}

/** What the query in the editor would cost, asked for when typing pauses. */
export function useEstimate(
  client: LogsClient,
  target: LogTarget | null,
  range: RangeChoice,
  query: string,
  usable: boolean,
): Estimate {
  const key = usable && target !== null ? JSON.stringify([target, range, query]) : null;
  const answer = useQuestion(
    key,
    async (signal) => {
      const instants = resolveRange(range, Date.now());
      if (target === null || isReversed(instants)) throw new Error("asked for the cost of nothing");
      const estimate = await client.estimate({ target, range: instants, query }, { signal });
      return { key, atMs: Date.now(), estimate: withoutCost(target, estimate) };
    },
    { delayMs: TYPING_PAUSE_MS },
  );
  const current = useRef({ key, answer });
  useEffect(() => {
    current.current = { key, answer };
  });
  return useMemo(() => {
    const fits = answer.value !== null && answer.value.key === key;
    return {
      value: fits ? answer.value.estimate : null,
      loading: answer.loading,
      error: answer.error,
      known: (asked: string) => {
        const { value } = current.current.answer;
        const isOfThis = value !== null && asked === query && value.key === key && Date.now() - value.atMs < FRESH_MS;
        return isOfThis ? value.estimate : null;
      },
    };
  }, [answer, key, query]);
}
