import type { Clock } from "../../core/common/clock.ts";
import type { ChunkLoss } from "../store/entry-merge.ts";
import type { LabStream } from "../store/stream.ts";
import type { LogStore } from "../store/tenant-store.ts";
import type { ClusterSimulation } from "../metrics/cluster-simulation.ts";
import type { Faults } from "./faults.ts";
import type { LimitsTable } from "./tenant-limits.ts";

/** What every handler of the lab's Loki stands on. */
export interface LabContext {
  readonly store: LogStore;
  readonly limits: LimitsTable;
  readonly faults: Faults;
  readonly clock: Clock;
  /** What the components' metrics show, and the ring of the ingesters. */
  readonly simulation: ClusterSimulation;
}

export function nowNs({ clock }: LabContext): bigint {
  return BigInt(Math.floor(clock.nowMs())) * 1_000_000n;
}

export function tenantStreams({ store }: LabContext, tenant: string): LabStream[] {
  return store.peek(tenant)?.streams() ?? [];
}

/** Which chunks are damaged now: with `missing-chunks`, every third of those in the object store. The index knows them all. */
export function chunkLoss({ faults }: LabContext): ChunkLoss {
  if (!faults.has("missing-chunks")) return () => false;
  return (ref) => ref.flushed && ref.checksum % 3 === 0;
}
