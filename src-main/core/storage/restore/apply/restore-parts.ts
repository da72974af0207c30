import type { JobId, SiteId } from "../../../../../src-shared/model/ids.ts";
import type { Preflight } from "../../../../../src-shared/model/storage/storage-plan.ts";
import type { Clock } from "../../../common/clock.ts";
import type { Logger } from "../../../common/logger.ts";
import type { ProgressReport } from "../../../jobs/job-definition.ts";
import type { BucketLease } from "../../lease/bucket-lease.ts";
import type { LokiControl } from "../../loki/loki-control.ts";
import type { OpenedStore, StoreOpener } from "../../stores/opened-store.ts";
import type { IndexReader } from "../plan/index-reader.ts";
import type { PlannedRestore } from "../planned-restore.ts";
import type { RestoreCheckpoint } from "./restore-checkpoint.ts";

/** What every restore of a console is carried out with. */
export interface RestoreParts {
  readonly stores: StoreOpener;
  /** `nonce` is the job's id: taken up again after a kill, it has its own lease at once. Rejects with `storage.lease-held`. */
  readonly acquireLease: (
    target: OpenedStore,
    about: { readonly principal: string; readonly purpose: string; readonly nonce: string },
    signal: AbortSignal,
  ) => Promise<BucketLease>;
  readonly lokiControl: (site: SiteId | null, signal: AbortSignal) => Promise<LokiControl | null>;
  /** The plan's checks, looked at again now. */
  readonly preflight: (planned: PlannedRestore, job: JobId, signal: AbortSignal) => Promise<readonly Preflight[]>;
  /** A thread that reads index files; disposed with the run. */
  readonly openIndexReader: () => Pick<IndexReader, "read"> & AsyncDisposable;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** One run of a job that restores: `storage-restore`, or `storage-drill` into a scratch bucket. */
export interface RestoreRunOptions {
  readonly parts: RestoreParts;
  readonly planned: PlannedRestore;
  readonly job: JobId;
  readonly reason: string;
  readonly principal: string;
  /** Where an earlier run got to. */
  readonly before: RestoreCheckpoint | null;
  readonly signal: AbortSignal;
  readonly commit: (checkpoint: RestoreCheckpoint) => Promise<void>;
  readonly report: (progress: ProgressReport) => void;
  /** Objects under way at a time; 8 by default. */
  readonly lanes?: number;
  /** Objects that are committed together; 100 by default. */
  readonly commitEvery?: number;
}
