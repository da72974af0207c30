import { useCallback, useSyncExternalStore } from "react";
import type { Histogram } from "../../../../src-shared/api/logs.api.ts";
import type { WireError } from "../../../../src-shared/errors/wire-error.ts";
import type { ResultSetView, LogsClient } from "../session/result-set-view.ts";
import type { RunPlan } from "../session/run-plan.ts";
import { traitsOf } from "../session/source-traits.ts";
import { useQuestion } from "../session/use-question.ts";
import { useGrowth } from "../session/use-growth.ts";

const BUCKETS = 120;
const RECOUNT_MS = 1_000;

export interface Volume {
  readonly histogram: Histogram | null;
  readonly unit: "entries" | "bytes";
  readonly ofRowsRead: boolean;
  readonly loading: boolean;
  readonly error: WireError | null;
}

/**
 * The volume over the whole range from the source; where the source cannot say, or a tail or a filter is shown, over the
 * rows that were read. Files on this machine are not read a second time where the rows are all there are.
 */
export function useVolume(
  client: LogsClient,
  plan: RunPlan | null,
  view: ResultSetView | null,
  ofRowsRead: boolean,
): Volume {
  const held = useHeld(plan === null || ofRowsRead || traitsOf(plan.target).remote ? null : view);
  const askSource = plan !== null && !ofRowsRead && held === "unknown";
  const source = useQuestion(askSource ? planKey(plan) : null, async (signal) => {
    if (plan === null) throw new Error("asked without a plan");
    const { target, range, query } = plan;
    return await client.volume({ target, range, query, buckets: BUCKETS }, { signal });
  });
  const isFromSource = askSource && (source.loading || source.error === null);
  const growth = useGrowth(isFromSource ? null : view, RECOUNT_MS);
  const read = useQuestion(isFromSource || view === null ? null : `${view.id} ${growth} ${held}`, async (signal) => {
    if (view === null) throw new Error("asked without a result set");
    const within = held === "unknown" || plan === null ? {} : { range: plan.range };
    return await client.histogram({ set: view.id, buckets: BUCKETS, ...within }, { signal });
  });
  if (isFromSource) {
    const { value, loading, error } = source;
    return { histogram: value, unit: value?.unit ?? "entries", ofRowsRead: false, loading, error };
  }
  const loading = read.loading && read.value === null;
  return { histogram: read.value, unit: "entries", ofRowsRead: held !== "all", loading, error: read.error };
}

/** How much of its range a set holds: some while it is read, all when nothing cut it short. */
function useHeld(view: ResultSetView | null): "unknown" | "some" | "all" {
  return useSyncExternalStore(
    useCallback((listener: () => void) => view?.subscribe(listener) ?? (() => undefined), [view]),
    () => {
      if (view === null) return "unknown";
      const { phase, completeness } = view.snapshot.state;
      if (phase === "reading") return "some";
      return phase === "done" && !completeness.reasons.some(({ kind }) => kind === "limit-reached") ? "all" : "unknown";
    },
  );
}

function planKey(plan: RunPlan): string {
  return JSON.stringify([plan.target, plan.range, plan.query]);
}
