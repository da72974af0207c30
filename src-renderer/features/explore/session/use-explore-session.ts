import { useCallback, useEffect, useMemo, useRef, useSyncExternalStore } from "react";
import type { CostEstimate } from "../../../../src-shared/api/logs.api.ts";
import { isMetricQuery } from "../../../../src-shared/logql/editor/edit-query.ts";
import { nanoFromMs } from "../../../../src-shared/model/nano-time.ts";
import { useWorkspace } from "../../../hooks/workspace-store.ts";
import { useRpc } from "../../../rpc/rpc-context.tsx";
import { ExploreSession, type ExploreSnapshot } from "./explore-session.ts";
import { resolveRange, targetOf, type RunPlan } from "./run-plan.ts";

/** History that a tail begins with, so that a quiet stream shows something. */
const TAIL_HISTORY_MS = 60_000;

export interface ExploreHandle {
  readonly session: ExploreSession;
  readonly snapshot: ExploreSnapshot;
}

interface ExploreSessionInputs {
  readonly limit: number | null;
  /** The cost of exactly this query, range and target, when it is known already. */
  readonly knownEstimate: (query: string) => CostEstimate | null;
  /** A run or a tail begins. */
  readonly onStart: (live: boolean) => void;
}

/**
 * Ties a session to the workspace: it reads when `runs` rises, follows while `live` is on, and forgets its result when site,
 * tenant or source change. A run that was asked for before a tenant was chosen begins when one is.
 */
export function useExploreSession(inputs: ExploreSessionInputs): ExploreHandle {
  const { api } = useRpc();
  const session = useMemo(
    () => new ExploreSession({ client: api, onNextFrame: (run) => requestAnimationFrame(run) }),
    [api],
  );
  useEffect(() => () => session[Symbol.dispose](), [session]);
  const snapshot = useSyncExternalStore(
    useCallback((listener: () => void) => session.subscribe(listener), [session]),
    () => session.snapshot,
  );

  const runs = useWorkspace((state) => state.runs);
  const live = useWorkspace((state) => state.live);
  const query = useWorkspace((state) => state.query);
  const range = useWorkspace((state) => state.range);
  const direction = useWorkspace((state) => state.direction);
  const site = useWorkspace((state) => state.site);
  const tenant = useWorkspace((state) => state.tenant);
  const source = useWorkspace((state) => state.source);
  const target = useMemo(() => targetOf({ site, tenant, source }), [site, tenant, source]);

  const newest = useRef({ inputs, query, range, direction });
  useEffect(() => {
    newest.current = { inputs, query, range, direction };
  });
  const done = useRef({ runs: 0, live: false, target });

  useEffect(() => {
    const { current } = newest;
    const before = done.current;
    if (before.target !== target && before.target !== null) session.clear();
    if (target === null) {
      done.current = { ...before, target };
      return;
    }
    done.current = { runs, live, target };
    const isNewRun = runs !== before.runs;
    if (!isNewRun && live === before.live && before.target === target) return;
    if (!live && !isNewRun) {
      if (before.live && before.target === target) void session.stop();
      return;
    }
    if (current.query.trim() === "") return;
    const plan: RunPlan = {
      target,
      query: current.query,
      range: resolveRange(current.range, Date.now()),
      direction: current.direction,
      limit: current.inputs.limit,
      kind: isMetricQuery(current.query) ? "metric" : "logs",
    };
    current.inputs.onStart(live);
    if (live) void session.tail(plan, String(nanoFromMs(Date.now() - TAIL_HISTORY_MS)));
    else void session.run(plan, current.inputs.knownEstimate(current.query));
  }, [session, runs, live, target]);
  return { session, snapshot };
}
