import type { DeleteRequest } from "../../../../src-shared/model/health/delete-request.ts";
import type { Operation } from "../../../../src-shared/model/health/operation.ts";
import type { RingView } from "../../../../src-shared/model/health/ring.ts";
import type { SiteHealth } from "../../../../src-shared/model/health/site-health.ts";
import type { ClusterInventory } from "../inventory/cluster-inventory.ts";
import type { IngesterReading } from "./ingester-reading.ts";
import type { WorkloadMark } from "./pod-actions.ts";

/** Everything that is looked at to tell whether something is safe now. What could not be learnt is `null`. */
export interface OperationFacts {
  readonly nowMs: number;
  readonly board: SiteHealth | null;
  /** The ingester ring, and the ring of a member to forget. */
  readonly rings: readonly RingView[];
  /** `null` where there is no cluster, or it says nothing at all. */
  readonly inventory: ClusterInventory | null;
  /** `null` where the processes could not be listed. */
  readonly ingesters: readonly IngesterReading[] | null;
  /** By ingester: when it was last seen to flush, and since when its rounds are kept. */
  readonly lastFlush: ReadonlyMap<string, { readonly atMs: number | null; readonly sinceMs: number }>;
  /** Other operations that run on this site, or wait to. */
  readonly running: readonly Operation[];
  readonly deleteRequest: DeleteRequest | null;
  readonly logLevel: string | null;
  /** The workload that is changed, read by itself. */
  readonly mark: WorkloadMark | null;
}
