import type { PlanId } from "../../../../../src-shared/model/ids.ts";
import type { Preflight } from "../../../../../src-shared/model/storage/storage-plan.ts";
import type { RestorePlanEvent } from "../../../../../src-shared/model/storage/restore.ts";
import type { Clock } from "../../../common/clock.ts";
import type { ChunkChecker } from "../../integrity/chunk-checker.ts";
import type { OpenedStore } from "../../stores/opened-store.ts";
import type { RestoreRate } from "./estimate.ts";
import type { IndexReader } from "./index-reader.ts";
import type { LokiFacts, PlannedWrites } from "./preflight/preflight-parts.ts";
import type { PlanScope } from "./restore-scope.ts";
import type { ScanWord } from "./scan-word.ts";

/** One end of a plan: a store, and who reads its chunks. */
export interface PlanEnd {
  readonly opened: OpenedStore;
  readonly checker: ChunkChecker;
}

/** What one plan is made with. */
export interface RestorePlanParts {
  readonly id: PlanId;
  /** Folder of all plans. */
  readonly root: string;
  readonly clock: Clock;
  readonly bucket: PlanEnd;
  /** `null`: the bucket's own versions. */
  readonly source: PlanEnd | null;
  readonly into: OpenedStore | null;
  readonly indexReader: IndexReader;
  readonly scan: ScanWord;
  /** What findings of a scan are about; `null` for the whole scope. */
  readonly targets: PlanScope["targets"];
  /** What was measured last; `null` where nothing was. */
  readonly rate: () => RestoreRate | null;
  /** Of the Loki that reads the bucket that is written to; `null` where none is known. */
  readonly loki: (signal: AbortSignal) => Promise<LokiFacts | null>;
  readonly preflight: (
    target: OpenedStore,
    writes: PlannedWrites,
    loki: LokiFacts | null,
    signal: AbortSignal,
  ) => Promise<readonly Preflight[]>;
}

export type PlanProgress = Extract<RestorePlanEvent, { readonly kind: "progress" }>;

/** Whether somebody's Loki reads what is written there. */
export function isLive({ config }: Pick<OpenedStore, "config">): boolean {
  return config.site !== null;
}
