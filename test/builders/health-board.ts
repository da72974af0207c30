import type { InstanceHealth, SiteHealth } from "../../src-shared/model/health/site-health.ts";
import type { SiteId } from "../../src-shared/model/ids.ts";

/** A board of a round at `nowMs` in which everybody is well. */
export function boardOf(
  site: SiteId,
  instances: readonly { readonly instance: string; readonly component: string }[],
  nowMs: number,
): SiteHealth {
  return {
    site,
    state: "watching",
    error: null,
    source: "pods",
    verdict: "healthy",
    roundAtMs: nowMs,
    tookMs: 100,
    intervalMs: 15_000,
    historyFromMs: nowMs - 3_600_000,
    ringFrom: "distributor-1",
    ringError: null,
    listError: null,
    causes: [],
    components: [],
    instances: instances.map(({ instance, component }) => healthyInstance(instance, component, nowMs)),
    changes: [],
  };
}

export function healthyInstance(instance: string, component: string, nowMs: number): InstanceHealth {
  return {
    instance,
    component,
    verdict: "healthy",
    sinceMs: nowMs - 3_600_000,
    evidence: [],
    doubts: [],
    zone: null,
    node: null,
    outcome: "answered",
    error: null,
    answeredAtMs: nowMs,
    ready: true,
    restarts: 0,
    startedAtMs: nowMs - 3_600_000,
    version: "3.7.6",
    ringState: null,
  };
}
