import type { JobId, PlanId, SiteId } from "../../../src-shared/model/ids.ts";
import type {
  QuarantineBatch,
  QuarantinePlan,
  QuarantineRequest,
} from "../../../src-shared/model/storage/quarantine.ts";
import type {
  Drill,
  RecoveryFacts,
  Runbook,
  RunbookRun,
  SignedDrillReport,
} from "../../../src-shared/model/storage/recovery.ts";
import type { RestorePlanEvent, RestoreReport, RestoreRequest } from "../../../src-shared/model/storage/restore.ts";
import type { StoreId } from "../../../src-shared/model/storage/store.ts";

/** Who changes a bucket. */
export interface RecoveryCaller {
  readonly principal: string;
}

export interface QuarantineDesk {
  plan(request: QuarantineRequest, caller: RecoveryCaller, signal: AbortSignal): Promise<QuarantinePlan>;
  apply(plan: PlanId, reason: string, caller: RecoveryCaller, signal: AbortSignal): Promise<JobId>;
  batches(store: StoreId, signal: AbortSignal): Promise<readonly QuarantineBatch[]>;
  batch(store: StoreId, batch: string, signal: AbortSignal): Promise<QuarantineBatch>;
}

export interface ListedRestore {
  readonly job: JobId;
  readonly atMs: number;
  readonly principal: string;
  readonly state: string;
  readonly report: RestoreReport;
}

export interface RestoreDesk {
  plan(request: RestoreRequest, caller: RecoveryCaller, signal: AbortSignal): AsyncIterable<RestorePlanEvent>;
  apply(plan: PlanId, reason: string, caller: RecoveryCaller, signal: AbortSignal): Promise<JobId>;
  list(store: StoreId, limit: number): readonly ListedRestore[];
}

export interface DrillsDesk {
  facts(store: StoreId, signal: AbortSignal): Promise<RecoveryFacts>;
  list(store: StoreId | null, limit: number): readonly Drill[];
  report(
    drill: JobId,
    language: "en" | "zh-CN",
  ): Promise<{ readonly signed: SignedDrillReport; readonly markdown: string; readonly html: string }>;
  save(drill: JobId, language: "en" | "zh-CN", signal: AbortSignal): Promise<readonly string[]>;
}

export interface RunbooksDesk {
  list(): readonly Runbook[];
  runs(limit: number): readonly RunbookRun[];
  start(
    runbook: string,
    about: { readonly site: SiteId | null; readonly store: StoreId | null },
    caller: RecoveryCaller,
  ): RunbookRun;
  mark(
    run: string,
    step: string,
    state: "done" | "failed" | "skipped" | "open",
    note: string,
    caller: RecoveryCaller,
  ): RunbookRun;
  check(run: string, step: string, caller: RecoveryCaller, signal: AbortSignal): Promise<RunbookRun>;
}
