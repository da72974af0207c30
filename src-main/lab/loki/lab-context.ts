import { NS_PER_MS } from "../../../src-shared/model/nano-time.ts";
import type { Clock } from "../../core/common/clock.ts";
import type { ChunkLoss } from "../store/entry-merge.ts";
import type { LabStream } from "../store/stream.ts";
import type { LogStore } from "../store/tenant-store.ts";
import type { ClusterSimulation } from "../metrics/cluster-simulation.ts";
import type { ActingLog } from "./acting-log.ts";
import type { DeleteRequests } from "./delete-requests.ts";
import type { Faults } from "./faults.ts";
import type { LimitsView } from "./tenant-limits.ts";

/** What every handler of the lab's Loki stands on. */
export interface LabContext {
  readonly store: LogStore;
  /** As the process sees them that answers. */
  readonly limits: LimitsView;
  readonly faults: Faults;
  readonly clock: Clock;
  readonly deletes: DeleteRequests;
  /** Requests to routes that act. */
  readonly acting: ActingLog;
  /** Where the query frontend logs; nowhere without it. */
  readonly queryLog?: QueryLog;
  /** Counts a query that was refused by policy. */
  readonly queryBlocked?: (tenant: string) => void;
  /** What the components' metrics show, and the ring of the ingesters. */
  readonly simulation: ClusterSimulation;
  /** Whether the bucket has lost lines of a stream that were written in the five minutes from then on. */
  readonly lostInBucket?: (tenant: string, labelText: string, startMs: number) => boolean;
}

/** A line of the query frontend's about a query that has ended. */
export type QueryLog = (text: string) => void;

export function nowNs({ clock }: LabContext): bigint {
  return BigInt(Math.floor(clock.nowMs())) * 1_000_000n;
}

/** What a tenant's queries read: its streams, without the lines that were deleted. */
export function tenantStreams({ store, deletes }: LabContext, tenant: string): LabStream[] {
  return deletes.mask(tenant, store.peek(tenant)?.streams() ?? []);
}

/**
 * Which of a tenant's chunks are damaged now: with `missing-chunks`, every third of those in the object store; besides, what
 * the bucket can no longer give. The index knows them all.
 */
export function chunkLoss({ faults, lostInBucket }: LabContext, tenant: string): ChunkLoss {
  const thirds = faults.has("missing-chunks");
  return (ref, stream) => {
    if (!ref.flushed) return false;
    if (thirds && ref.checksum % 3 === 0) return true;
    return lostInBucket?.(tenant, stream.labelText, Number(ref.startNs / NS_PER_MS)) ?? false;
  };
}
