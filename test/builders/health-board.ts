import type { InstanceHealth, SiteHealth } from "../../src-shared/model/health/site-health.ts";
import type { SiteId } from "../../src-shared/model/ids.ts";
import { aBoard, anInstance } from "./health-boards.ts";

/** A board of a round at `nowMs` in which everybody is well. */
export function boardOf(
  site: SiteId,
  instances: readonly { readonly instance: string; readonly component: string }[],
  nowMs: number,
): SiteHealth {
  return aBoard({
    site,
    verdict: "healthy",
    roundAtMs: nowMs,
    historyFromMs: nowMs - 3_600_000,
    ringFrom: "distributor-1",
    components: [],
    instances: instances.map(({ instance, component }) => healthyInstance(instance, component, nowMs)),
    changes: [],
  });
}

export function healthyInstance(instance: string, component: string, nowMs: number): InstanceHealth {
  return anInstance(instance, {
    component,
    sinceMs: nowMs - 3_600_000,
    zone: null,
    node: null,
    answeredAtMs: nowMs,
    startedAtMs: nowMs - 3_600_000,
    ringState: null,
  });
}
