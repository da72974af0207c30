import type { LabFault } from "../../src-shared/model/lab-fault.ts";
import type { Clock } from "../core/common/clock.ts";
import type { LimitsTable } from "./loki/tenant-limits.ts";
import type { ClusterSimulation } from "./metrics/cluster-simulation.ts";
import { LAB_LOAD } from "./metrics/lab-load.ts";
import type { LogStore } from "./store/tenant-store.ts";
import { ExplodedStreams } from "./traffic/exploded-streams.ts";
import { mix, textSeed } from "./traffic/seeded-random.ts";
import { bankWorkloads } from "./traffic/workloads.ts";

export interface ExplosionParts {
  readonly store: LogStore;
  readonly simulation: ClusterSimulation;
  readonly clock: Clock;
  readonly seed: number;
  readonly limits: LimitsTable;
}

/** Switches `label-explosion:<tenant>`: the tenant's store gets the streams that its metrics count. */
export function explodingTenants({
  store,
  simulation,
  clock,
  seed,
  limits,
}: ExplosionParts): (fault: LabFault, on: boolean) => void {
  const exploded = new Map<string, ExplodedStreams>();
  const made = (tenant: string): ExplodedStreams => {
    const templates = bankWorkloads().flatMap((each) => (each.tenant === tenant ? [each.source.labels] : []));
    const view = limits.seenBy((name) => simulation.overrides(null, clock.nowMs()).get(name));
    const calm = LAB_LOAD.find((load) => load.tenant === tenant)?.streams ?? 0;
    const room = () => {
      const { max_global_streams_per_user: most } = view.of(tenant);
      return most > 0 ? Math.max(0, most - calm) : Number.MAX_SAFE_INTEGER;
    };
    const streams = new ExplodedStreams({
      seed: mix(seed, textSeed(tenant)),
      templates,
      nowMs: () => clock.nowMs(),
      room,
    });
    store.tenant(tenant).addSource(streams);
    exploded.set(tenant, streams);
    return streams;
  };
  return (fault: LabFault, on: boolean): void => {
    const [name, tenant = ""] = fault.split(":");
    if (name === "label-explosion") (exploded.get(tenant) ?? made(tenant)).explode(on);
  };
}
